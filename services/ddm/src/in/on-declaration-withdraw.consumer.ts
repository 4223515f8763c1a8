import { declarationWithdraw, type ItemOf, type Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { WithdrawDeclarations } from '../steps/withdraw-declarations.ts';

@Controller()
export class OnDeclarationWithdrawConsumer {
  constructor(private readonly step: WithdrawDeclarations) {}

  @OnMessages(declarationWithdraw)
  async handle(batch: Message<ItemOf<typeof declarationWithdraw>>[]): Promise<void> {
    await this.step.run(batch);
  }
}
