import { Clock, Database, Log, Outbox } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { UpdateStore, WaveStore, WindowStore } from '../ports.ts';
import { moveTo, stageAdvanced } from './outgoing.ts';

const CHUNK = 1_000;

/** Closes occurrences whose time is over: what was not sent waits for the next window. */
@Injectable()
export class CloseWindow {
  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly windows: WindowStore,
    private readonly waves: WaveStore,
    private readonly updates: UpdateStore,
    private readonly log: Log,
  ) {}

  async run(): Promise<void> {
    for (const one of await this.windows.closable(this.clock.now())) {
      while (await this.putOff(one));
      const carriedOver = await this.db.transaction(async (tx) => {
        await this.waves.drop(tx, one.tenant, one.occurrenceId);
        return this.windows.close(tx, one.tenant, one.occurrenceId);
      });
      if (carriedOver !== undefined)
        this.log.info({ ...one, count: carriedOver }, 'window closed; these devices are carried over');
    }
  }

  private async putOff(one: { tenant: string; occurrenceId: string; rolloutId: string }): Promise<boolean> {
    const now = this.clock.now();
    return this.db.transaction(async (tx) => {
      const planned = await this.updates.inStates(tx, one, ['planned'], CHUNK);
      const moves = planned.map((update) =>
        moveTo(
          update,
          { state: 'waiting', reason: 'window-closed' },
          'The window closed before its wave; the next one goes on.',
          now,
        ),
      );
      await stageAdvanced(
        this.outbox,
        tx,
        { tenant: one.tenant, at: now },
        await this.updates.apply(tx, one.tenant, moves, now),
      );
      return planned.length === CHUNK;
    });
  }
}
