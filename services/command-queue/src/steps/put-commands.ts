import { type commandPut, derivedUuid, type InputOf, type NewCommand } from '@lamplighter/contracts';
import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { CommandStore } from '../ports/commands.ts';
import { idOf, type Order } from './judge-commands.ts';
import { type Queued, QueueCommands } from './queue-commands.ts';
import { StepTools } from './step-tools.ts';

type Input = InputOf<typeof commandPut>;
type Result = { deviceId: string; commandId: string } & (
  | { outcome: 'queued' | 'known' }
  | { outcome: 'refused'; refusal: { reason: string; detail: string } }
);

/** Queues the commands that somebody waits to hear of; committed before it is answered. */
@Injectable()
export class PutCommands {
  constructor(
    private readonly db: Database,
    private readonly commands: CommandStore,
    private readonly queueCommands: QueueCommands,
    private readonly tools: StepTools,
  ) {}

  /** Results in the order of the group's commands. */
  async run({ tenant, sentAt, push, senderPushes, group }: Input): Promise<{ results: Result[] }> {
    const id = derivedUuid('command.put', tenant, ...group.commands.map(idOf));
    const terms = { sentAt: new Date(sentAt), byPerson: true, push, senderPushes: senderPushes === true };
    const order: Order = { id, tenant, ...terms, groups: [group] };
    const results = await this.db.transaction(async (tx) => {
      const queued = (await this.queueCommands.run(tx, [order], this.tools.clock.now())).get(order)!;
      return this.resultsOf(tx, order, queued);
    });
    return { results };
  }

  private async resultsOf(tx: Tx, order: Order, { added, refused }: Queued): Promise<Result[]> {
    const commands = order.groups.flatMap((group) => group.commands);
    const isNew = new Set(added.map(idOf));
    const refusals = new Map(refused.map((one) => [idOf(one.command), one.refusal]));
    const others = commands.filter((command) => !isNew.has(idOf(command)) && !refusals.has(idOf(command)));
    const known = others.length === 0 ? new Set<string>() : await this.known(tx, order, others);
    return commands.map((command): Result => {
      const { deviceId, commandId } = command;
      const refusal = refusals.get(idOf(command));
      if (refusal !== undefined) return { deviceId, commandId, outcome: 'refused', refusal };
      if (isNew.has(idOf(command))) return { deviceId, commandId, outcome: 'queued' };
      if (known.has(idOf(command))) return { deviceId, commandId, outcome: 'known' };
      const detail = 'commands of this cause that were sent for until then were taken back';
      return { deviceId, commandId, outcome: 'refused', refusal: { reason: 'revoked', detail } };
    });
  }

  private async known(tx: Tx, { tenant, sentAt }: Order, commands: readonly NewCommand[]): Promise<Set<string>> {
    const keys = commands.map((command) => ({ tenant, ...command }));
    return new Set((await this.commands.findKnown(tx, keys, sentAt)).map(idOf));
  }
}
