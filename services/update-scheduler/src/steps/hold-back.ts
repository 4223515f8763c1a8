import { commandRevoke, derivedUuid, message } from '@lamplighter/contracts';
import { Clock, Database, EachAlone, Log, Outbox, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { Held } from '../ports/hold.ts';
import { HoldStore } from '../ports/hold.ts';
import type { Move } from '../ports/updates.ts';
import type { StoredUpdate } from '../domain/update.ts';
import { UpdateStore } from '../ports/updates.ts';
import { stageWithdrawals } from './announce.ts';
import { moveTo, stageAdvanced } from './outgoing.ts';

const CHUNK = 1_000;
/** Between two looks at one that stays held: what was under way when it was paused comes after the first. */
const LOOKS_MS = { first: 1_000, longest: 60_000 };

const WHY = { paused: 'its rollout, policy or tenant is paused', 'ring-halted': 'the health gate halted its ring' };

/**
 * Takes back what was sent for before a rollout was paused or a ring halted: declarations of devices that do not install yet, which
 * are told anew once it goes on, and orders that no device has in hand. For a clock to call; any number may, in chunks, and one
 * that was killed leaves the rest to others.
 */
@Injectable()
export class HoldBack {
  /** When each is looked at next, on the machine's own clock. */
  private readonly looks = new Map<string, { at: number; waitMs: number }>();
  private readonly each: EachAlone<Held>;

  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly holds: HoldStore,
    private readonly updates: UpdateStore,
    private readonly log: Log,
  ) {
    this.each = new EachAlone(log, 'what a held rollout has sent for could not be taken back', ['tenant', 'rolloutId']);
  }

  async run(): Promise<void> {
    const all = new Map((await this.holds.held()).map((held) => [keyOf(held), held]));
    for (const key of this.looks.keys()) if (!all.has(key)) this.looks.delete(key);
    await this.each.run(all.values(), async (held) => {
      const key = keyOf(held);
      const last = this.looks.get(key);
      if (last && performance.now() < last.at) return;
      const waitMs = last ? Math.min(last.waitMs * 2, LOOKS_MS.longest) : LOOKS_MS.first;
      await this.takeBack(held).finally(() => this.looks.set(key, { at: performance.now() + waitMs, waitMs }));
    });
  }

  /** Declarations, then orders. */
  async takeBack(held: Held): Promise<void> {
    while ((await this.withdrawChunk(held)) === CHUNK);
    while ((await this.tellPastRecall(held)) === CHUNK);
    for (let after: string | undefined = ''; after !== undefined;) after = await this.revokePage(held, after);
  }

  private withdrawChunk(of: Held): Promise<number> {
    return this.chunk(of, async (tx, held, to) => {
      const detail = `The declaration is taken back, since ${WHY[held.reason]}; the device is told anew once it goes on.`;
      const declared = await this.holds.declared(tx, held, CHUNK);
      const moved = await this.move(tx, to, declared, { state: 'waiting', reason: held.reason, step: '' }, detail);
      await stageWithdrawals(
        this.outbox,
        tx,
        to,
        moved.map((move) => move.update),
      );
      if (moved.length > 0) this.log.info({ ...held, count: moved.length }, 'declarations are taken back for now');
      return declared.length;
    });
  }

  /** What installs cannot be taken back: it is followed to its end, and said so. */
  private tellPastRecall(of: Held): Promise<number> {
    return this.chunk(of, async (tx, held, to) => {
      const detail = `The device installs already, although ${WHY[held.reason]}: that is left alone and followed.`;
      const installing = await this.holds.installing(tx, held, CHUNK);
      await this.move(tx, to, installing, { state: 'installing', reason: 'past-recall' }, detail);
      return installing.length;
    });
  }

  private chunk(
    of: Held,
    work: (tx: Tx, held: Held, to: { tenant: string; at: Date }) => Promise<number>,
  ): Promise<number> {
    return this.db.transaction(async (tx) => {
      const held = await this.holds.keep(tx, of);
      return held ? work(tx, held, { tenant: of.tenant, at: this.clock.now() }) : 0;
    });
  }

  private async move(
    tx: Tx,
    to: { tenant: string; at: Date },
    updates: readonly StoredUpdate[],
    after: Pick<StoredUpdate, 'state' | 'reason'> & Partial<StoredUpdate>,
    detail: string,
  ): Promise<Move[]> {
    const moves = updates.map((update) => moveTo(update, after, detail, to.at));
    const moved = await this.updates.apply(tx, to.tenant, moves, to.at);
    await stageAdvanced(this.outbox, tx, to, moved);
    return moved;
  }

  /**
   * Nothing moves here: the queue knows which orders a device has in hand, and tells of those that it took back. The last device of
   * a full page; undefined after the last.
   */
  private async revokePage(held: Held, after: string): Promise<string | undefined> {
    const commands = await this.holds.ordered(held, after, CHUNK);
    if (commands.length === 0) return undefined;
    const { tenant, rolloutId } = held;
    const to = { tenant, at: this.clock.now() };
    const id = derivedUuid('command.recall', to.at.toISOString(), ...commands.map((one) => one.commandId));
    await this.db.transaction((tx) =>
      this.outbox.stage(tx, commandRevoke, message(commandRevoke, { id, ...to }, [{ cause: rolloutId, commands }]), id),
    );
    return commands.length === CHUNK ? commands.at(-1)!.deviceId : undefined;
  }
}

function keyOf({ tenant, rolloutId, reason, rings }: Held): string {
  return [tenant, rolloutId, reason, rings?.join() ?? ''].join(' ');
}
