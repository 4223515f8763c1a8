import type { commandRevoke, ItemOf, Message } from '@lamplighter/contracts';
import { Clock, Database, Log } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { CommandKey } from '../domain/command.ts';
import { CommandStore } from '../ports.ts';

const CHUNK = 10_000;

/** Takes back the commands of a cause that no device has in hand; those still on their way are refused when they come. */
@Injectable()
export class RevokeCommands {
  constructor(
    private readonly db: Database,
    private readonly commands: CommandStore,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async run(messages: readonly Message<ItemOf<typeof commandRevoke>>[]): Promise<void> {
    for (const { tenant, occurredAt, items } of messages) {
      for (const { cause } of items) {
        // Committed before the first row is taken back: what is enqueued from here on is refused.
        await this.db.transaction((tx) => this.commands.refuseCause(tx, tenant, cause, new Date(occurredAt)));
        await this.takeBack({ tenant, cause });
        this.log.info({ tenant, cause }, 'commands that no device had in hand were revoked');
      }
    }
  }

  private async takeBack(of: { tenant: string; cause: string }): Promise<void> {
    let last: CommandKey | null = null;
    do {
      const after: CommandKey | null = last;
      last = await this.db.transaction((tx) => this.commands.revoke(tx, of, after, CHUNK, this.clock.now()));
    } while (last !== null);
  }
}
