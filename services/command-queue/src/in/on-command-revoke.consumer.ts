import { commandRevoke, type ItemOf, type Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { RevokeCommands } from '../steps/revoke-commands.ts';

@Controller()
export class OnCommandRevokeConsumer {
  constructor(private readonly step: RevokeCommands) {}

  @OnMessages(commandRevoke)
  async handle(batch: Message<ItemOf<typeof commandRevoke>>[]): Promise<void> {
    await this.step.run(batch);
  }
}
