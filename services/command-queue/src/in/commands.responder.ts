import { commandCancel, commandPut, type InputOf, type OutputOf, queueClear } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { CancelCommands } from '../steps/cancel-commands.ts';
import { PutCommands } from '../steps/put-commands.ts';

/** What people ask of queues, while they wait. */
@Controller()
export class CommandsResponder {
  constructor(
    private readonly putCommands: PutCommands,
    private readonly cancelCommands: CancelCommands,
  ) {}

  @OnRequest(commandPut)
  async put(input: InputOf<typeof commandPut>): Promise<OutputOf<typeof commandPut>> {
    return { ok: await this.putCommands.run(input) };
  }

  @OnRequest(commandCancel)
  async cancel(input: InputOf<typeof commandCancel>): Promise<OutputOf<typeof commandCancel>> {
    const { ended, inHand } = await this.cancelCommands.run({ ...input, deviceIds: [input.deviceId] });
    if (ended.length > 0) return { ok: { outcome: 'cancelled' } };
    return { ok: { outcome: inHand.length > 0 ? 'in-hand' : 'absent' } };
  }

  @OnRequest(queueClear)
  async clear(input: InputOf<typeof queueClear>): Promise<OutputOf<typeof queueClear>> {
    const { ended, inHand } = await this.cancelCommands.run(input);
    return { ok: { cleared: ended.length, inHand: inHand.length } };
  }
}
