import { declarationRegroup, type ItemOf, type Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { ChangeGroupSets } from '../steps/change-group-sets.ts';

@Controller()
export class OnDeclarationRegroupConsumer {
  constructor(private readonly step: ChangeGroupSets) {}

  @OnMessages(declarationRegroup, { maxBatch: 10 })
  async handle(batch: Message<ItemOf<typeof declarationRegroup>>[]): Promise<void> {
    await this.step.regroup(batch);
  }
}
