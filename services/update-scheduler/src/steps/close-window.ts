import { Clock, Database, EachAlone, Log, Outbox } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { ClosableOccurrence } from '../ports/windows.ts';
import type { StoredUpdate } from '../domain/update.ts';
import { UpdateStore } from '../ports/updates.ts';
import { WaveStore } from '../ports/waves.ts';
import { WindowStore } from '../ports/windows.ts';
import { moveTo, stageAdvanced } from './outgoing.ts';

const CHUNK = 1_000;

/** Closes occurrences whose time is over: what was not sent waits for the next window. */
@Injectable()
export class CloseWindow {
  private readonly each: EachAlone<ClosableOccurrence>;

  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly windows: WindowStore,
    private readonly waves: WaveStore,
    private readonly updates: UpdateStore,
    private readonly log: Log,
  ) {
    this.each = new EachAlone(log, 'a window could not be closed', ['tenant', 'occurrenceId', 'rolloutId']);
  }

  async run(): Promise<void> {
    await this.each.run(await this.windows.closable(this.clock.now()), (one) => this.close(one));
  }

  private async close(one: ClosableOccurrence): Promise<void> {
    const { tenant, occurrenceId, rolloutId } = one;
    for (let after: string | undefined = ''; after !== undefined;) after = await this.putOff(one, after);
    const leftOver = await this.db.transaction(async (tx) => {
      await this.waves.drop(tx, tenant, occurrenceId);
      return this.windows.close(tx, tenant, occurrenceId);
    });
    if (leftOver === undefined) return;
    const count = Object.values(leftOver).reduce((sum, devices) => sum + devices, 0);
    this.log.info(
      { tenant, occurrenceId, rolloutId, count, leftOver },
      'window closed; these devices are carried over',
    );
  }

  /** The next ones after a device. Returns the last of them where there may be more. */
  private async putOff(one: ClosableOccurrence, after: string): Promise<string | undefined> {
    const now = this.clock.now();
    return this.db.transaction(async (tx) => {
      const planned = await this.updates.inStates(tx, { ...one, after }, ['planned'], CHUNK);
      const moves = planned.map((update) => moveTo(update, ...endOf(update, one), now));
      const moved = await this.updates.apply(tx, one.tenant, moves, now);
      await stageAdvanced(this.outbox, tx, { tenant: one.tenant, at: now }, moved);
      return planned.length < CHUNK ? undefined : planned.at(-1)!.deviceId;
    });
  }
}

/** Why its wave was never released. */
function endOf({ ring }: StoredUpdate, { isPaused, haltedRings }: ClosableOccurrence) {
  const waiting = (reason: string, detail: string) => [{ state: 'waiting', reason } as const, detail] as const;
  if (ring !== null && haltedRings.includes(ring))
    return waiting('ring-halted', 'The health gate halted its ring before its wave.');
  if (isPaused) return waiting('paused', 'The window closed while the rollout, its policy or its tenant was paused.');
  return waiting('window-closed', 'The window closed before its wave; the next one goes on.');
}
