import { Database, Outbox } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { endedItem } from '../domain/ended.ts';
import type { Cancelled } from '../ports/commands.ts';
import { CommandStore } from '../ports/commands.ts';
import { announceEnded } from './announce-ended.ts';
import { StepTools } from './step-tools.ts';

/** Takes back what a person names and no device has in hand; whoever waits for it is told. A repeat finds nothing. */
@Injectable()
export class CancelCommands {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly commands: CommandStore,
    private readonly tools: StepTools,
  ) {}

  /** All of these devices; with `commandId` the commands of that id. */
  async run(of: { tenant: string; deviceIds: readonly string[]; commandId?: string }): Promise<Cancelled> {
    const now = this.tools.clock.now();
    const deviceIds = [...new Set(of.deviceIds)];
    return this.db.transaction(async (tx) => {
      const cancelled = await this.commands.cancel(tx, { ...of, deviceIds }, now);
      const items = cancelled.ended.map((command) => endedItem(command, now, { outcome: 'cancelled' }));
      await announceEnded(this.outbox, tx, { tenant: of.tenant, at: now }, items);
      return cancelled;
    });
  }
}
