import { declarationAssign, type ItemOf, type Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { AssignDeclarations } from '../steps/assign-declarations.ts';

@Controller()
export class OnDeclarationAssignConsumer {
  constructor(private readonly step: AssignDeclarations) {}

  @OnMessages(declarationAssign, { maxBatch: 10, concurrency: 2 })
  async handle(batch: Message<ItemOf<typeof declarationAssign>>[]): Promise<void> {
    await this.step.run(batch);
  }
}
