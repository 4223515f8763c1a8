import type { Observation } from '@lamplighter/contracts';
import { AppError } from '@lamplighter/contracts';
import { Clock, CONFIG, Database, Outbox, Tracer, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { advance, type Ask, concerns } from '../domain/advance.ts';
import { bodyFor } from '../domain/commands.ts';
import type { Happening } from '../domain/happening.ts';
import { type CommandEnd, readEnd, readObservation } from '../domain/triggers.ts';
import { POLLS, type Terms } from '../domain/update.ts';
import type { Move, RolloutTerms } from '../ports/updates.ts';
import type { StoredUpdate } from '../domain/update.ts';
import { UpdateStore } from '../ports/updates.ts';
import { stageWithdrawals } from './announce.ts';
import { commandIdOf, type Outgoing, stageAdvanced, stageCommands } from './outgoing.ts';

/** What a device said, or that its command ended without an answer. */
export interface News {
  deviceId: string;
  commandId?: string | undefined;
  reportId?: string | undefined;
  at: Date;
  what: Observation | CommandEnd;
}

const CHUNK = 1_000;

interface Following {
  move: Move;
  outgoing: Outgoing | undefined;
}

/** Moves updates on by what devices said, and asks for what follows. A repeat moves nothing. */
@Injectable()
export class AdvanceUpdates {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly updates: UpdateStore,
    private readonly tracer: Tracer,
  ) {}

  async run(tenant: string, news: readonly News[]): Promise<void> {
    for (let start = 0; start < news.length; start += CHUNK) {
      const late = await this.advance(tenant, news.slice(start, start + CHUNK));
      // Another writer came between: once more, with what it wrote.
      const again = late.length === 0 ? [] : await this.advance(tenant, late);
      if (again.length > 0) {
        throw new AppError('update.busy', `${again.length} updates were written by others at the same time`, {
          outcome: 'retry',
        });
      }
    }
  }

  /** Returns the news of those updates that someone else wrote meanwhile. */
  private async advance(tenant: string, news: readonly News[]): Promise<News[]> {
    const startMs = Date.now();
    const open = await this.updates.openUpdates(tenant, [...new Set(news.map((one) => one.deviceId))]);
    if (open.length === 0) return [];
    const rollouts = await this.updates.rolloutTerms(tenant, [...new Set(open.map((update) => update.rolloutId))]);
    const byDevice = Map.groupBy(news, (one) => one.deviceId);
    const following = open.flatMap((update) =>
      this.follow(update, byDevice.get(update.deviceId) ?? [], rollouts.get(update.rolloutId)),
    );
    if (following.length === 0) return [];
    const byMove = new Map(following.map((one) => [one.move, one]));
    const written = await this.db.transaction(async (tx) => {
      const sound = await this.stillSo(tx, tenant, following, rollouts);
      const now = this.clock.now();
      const moves = await this.updates.apply(tx, tenant, sound, now);
      const outgoing = moves.flatMap((move) => byMove.get(move)!.outgoing ?? []);
      await stageCommands(this.outbox, tx, { tenant, at: now }, outgoing);
      await stageAdvanced(this.outbox, tx, { tenant, at: now }, moves);
      await stageWithdrawals(
        this.outbox,
        tx,
        { tenant, at: now },
        moves.map((move) => move.update).filter(isDeclaredAndOver),
      );
      return new Set(moves);
    });
    this.trace(written, startMs);
    const lost = new Set(following.filter((one) => !written.has(one.move)).map((one) => one.move.update.deviceId));
    return news.filter((one) => lost.has(one.deviceId));
  }

  /**
   * Those whose rollout an operator has not stopped since it was read; the others are looked at once more. An abort waits for them, so
   * that its revoke comes after their commands: one that came before would let them through.
   */
  private async stillSo(
    tx: Tx,
    tenant: string,
    following: readonly Following[],
    rollouts: ReadonlyMap<string, RolloutTerms>,
  ): Promise<Move[]> {
    const sending = following.filter(({ outgoing }) => outgoing !== undefined && !POLLS.has(outgoing.ask.step));
    const ids = new Set(sending.map(({ move }) => move.update.rolloutId));
    const states = ids.size === 0 ? new Map() : await this.updates.holdRollouts(tx, tenant, [...ids]);
    return following.flatMap(({ move, outgoing }) => {
      const { rolloutId } = move.update;
      const isHeld = outgoing !== undefined && states.has(rolloutId);
      return isHeld && states.get(rolloutId) !== rollouts.get(rolloutId)!.state ? [] : [move];
    });
  }

  /** All of a device's news in order, as one write; empty where they move nothing. */
  private follow(before: StoredUpdate, news: readonly News[], rollout: RolloutTerms | undefined): Following[] {
    if (!rollout) return [];
    const terms = this.termsOf(before, rollout);
    let update = before;
    let outgoing: Outgoing | undefined;
    const events: Move['events'] = [];
    for (const one of news) {
      const happening = happeningOf(update, one);
      if (!concerns(update, one.commandId, happening)) continue;
      const next = this.step(update, one, happening, terms);
      if (!next) continue;
      ({ update } = next);
      outgoing = next.keepsCommand ? outgoing : next.outgoing;
      events.push(next.event);
    }
    if (events.length === 0) return [];
    return [{ move: { update, events }, outgoing: outgoing && { ...outgoing, update } }];
  }

  private step(update: StoredUpdate, news: News, happening: Happening, terms: Terms) {
    const advanced = advance(update, happening, terms);
    if (!advanced) return undefined;
    const { ask, to, reason, detail, keepsCommand, progress, progressedAt, resends } = advanced;
    const next: StoredUpdate = {
      ...update,
      installSeq: update.installSeq + (isTaken(update, happening) ? 1 : 0),
      commandedAt: update.commandedAt ?? (TAKEN.has(to) ? news.at : null),
      progress,
      progressedAt,
      resends,
      state: to,
      reason,
      version: update.version + 1,
    };
    const event = {
      version: next.version,
      at: news.at,
      from: update.state,
      to,
      reason,
      detail,
      commandId: news.commandId ?? null,
      reportId: news.reportId ?? null,
    };
    if (keepsCommand) return { update: next, event, keepsCommand };
    if (ask) return { update: next, event, keepsCommand, outgoing: outgoingFor(next, ask) };
    return { update: { ...next, ...OVER }, event, keepsCommand };
  }

  private termsOf({ platform, deadlineAt, ring }: StoredUpdate, rollout: RolloutTerms): Terms {
    const { spec, state, paused, haltedRings } = rollout;
    const isHalted = ring !== null && haltedRings.includes(ring);
    const { installAction, maxUserDeferrals, updatePriority, pollMinutes, resendAfterHours } = spec;
    return {
      now: this.clock.now(),
      installAction,
      maxUserDeferrals,
      updatePriority,
      ...spec.byPlatform[platform],
      deadlineAt,
      pollMinutes,
      resendAfterHours,
      stallMinutes: this.config.LAMP_STALL_MINUTES,
      confirmHours: this.config.LAMP_CONFIRM_HOURS,
      aborted: state === 'aborted',
      held: paused ? 'paused' : isHalted ? 'ring-halted' : null,
    };
  }

  private trace(moves: ReadonlySet<Move>, startMs: number): void {
    const endMs = Date.now();
    for (const { update, events } of moves) {
      const attributes = {
        'lamp.device_id': update.deviceId,
        'lamp.from': events[0]!.from,
        'lamp.to': update.state,
        'lamp.reason': update.reason ?? '',
      };
      this.tracer.record('advance-updates', { traceparent: update.traceparent, startMs, endMs, attributes });
    }
  }
}

/** The next command of an update that has moved already. */
function outgoingFor(update: StoredUpdate, ask: Ask): Outgoing {
  update.step = ask.step;
  update.commandSeq += 1;
  update.commandId = commandIdOf(update, update.commandSeq);
  update.productKey = ask.productKeys[0] ?? update.productKey;
  return { update, ask, body: bodyFor(ask.step, update, ask.productKeys, ask.order) };
}

/** Nothing is outstanding any more. */
const OVER = { step: '', commandId: null } as const;

function happeningOf(update: StoredUpdate, news: News): Happening {
  return news.what.kind === 'ended' ? readEnd(update, news.what) : readObservation(update, news.what, news.at);
}

/** What it was told by declaration is taken back. */
function isDeclaredAndOver({ lane, step }: StoredUpdate): boolean {
  return lane === 'ddm' && step === '';
}

const TAKEN = new Set(['commanded', 'downloading', 'downloaded', 'installing']);

/** The device took a ScheduleOSUpdate that brings the update itself. */
function isTaken({ step }: StoredUpdate, { trigger }: Happening): boolean {
  return trigger.startsWith('result-') && step !== 'schedule-config';
}
