import type { commandRevoke, ItemOf, Message } from '@lamplighter/contracts';
import { Clock, Database, Log, Outbox } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { CommandKey } from '../domain/command.ts';
import { endedItem } from '../domain/ended.ts';
import { CommandStore } from '../ports/commands.ts';
import { announceEnded } from './announce-ended.ts';

const CHUNK = 10_000;

/** Takes back the commands of a cause that no device has in hand; those still on their way are refused when they come. */
@Injectable()
export class RevokeCommands {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly commands: CommandStore,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async run(messages: readonly Message<ItemOf<typeof commandRevoke>>[]): Promise<void> {
    for (const { tenant, occurredAt, items } of messages) {
      for (const { cause, commands } of items) {
        if (commands !== undefined) {
          await this.recall(
            tenant,
            cause,
            commands.map((one) => ({ tenant, ...one })),
          );
          continue;
        }
        // Committed before the first row is taken back: what is enqueued from here on is refused.
        await this.db.transaction((tx) => this.commands.refuseCause(tx, tenant, cause, new Date(occurredAt)));
        await this.takeBack({ tenant, cause });
        this.log.info({ tenant, cause }, 'commands that no device had in hand were revoked');
      }
    }
  }

  /** Whoever waits for them is told: of the others it does not know which a device has taken. */
  private async recall(tenant: string, cause: string, commands: readonly CommandKey[]): Promise<void> {
    const now = this.clock.now();
    await this.db.transaction(async (tx) => {
      const gone = await this.commands.recall(tx, cause, commands, now);
      const items = gone.map((command) => endedItem(command, now, { outcome: 'revoked' }));
      await announceEnded(this.outbox, tx, { tenant, at: now }, items);
    });
  }

  private async takeBack(of: { tenant: string; cause: string }): Promise<void> {
    let last: CommandKey | null = null;
    do {
      const after: CommandKey | null = last;
      last = await this.db.transaction((tx) => this.commands.revoke(tx, of, after, CHUNK, this.clock.now()));
    } while (last !== null);
  }
}
