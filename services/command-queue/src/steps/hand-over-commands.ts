import { sourceKeyContext } from '@lamplighter/contracts';
import { backoffMs, CONFIG, Database, Outbox, Sealer } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { type Config, dueTermsOf } from '../config.ts';
import { endedItem } from '../domain/ended.ts';
import { boundedWords, COMMAND_RETRY, type HandOverResult, SERVER_PAUSE } from '../domain/hand-over.ts';
import type {
  FailedHandOver,
  HandOverTarget,
  HeldCommand,
  RefusedHandOver,
  TakenHandOver,
  TargetKey,
} from '../ports/hand-overs.ts';
import { HandOverStore, OtherServer } from '../ports/hand-overs.ts';
import { announceEnded } from './announce-ended.ts';
import { StepTools } from './step-tools.ts';

/** Claimed at a time, for each connection. */
const PER_CONNECTION = 4;
/** A claim holds for this many time-outs: what is not begun in time is given back before. */
const LEASE_TIMEOUTS = 6;
const LOOK_AGAIN_MS = 30_000;

interface Attempt {
  command: HeldCommand;
  /** Undefined: it was not tried. */
  result: HandOverResult | undefined;
}

/** Hands the commands of another MDM server's devices to that server: a device's one after another, several devices at a time. */
@Injectable()
export class HandOverCommands {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly store: HandOverStore,
    private readonly server: OtherServer,
    private readonly sealer: Sealer,
    private readonly tools: StepTools,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** One round for one server. True when there may be more to do at once. */
  async run(key: TargetKey): Promise<boolean> {
    const target = await this.store.findTarget(key);
    if (target === undefined || target.paused) return false;
    // A server in trouble gets one command from one process to try it with.
    const isTrial = target.failures > 0;
    if (isTrial && !(await this.store.takeTurn(target, target.timeoutMs * 2))) return false;
    const held = await this.claim(target, isTrial ? 1 : target.concurrency * PER_CONNECTION);
    if (held.length === 0) return false;
    const startMs = Date.now();
    const attempts = await this.handAll(target, held);
    await this.settle(target, attempts);
    this.trace(attempts, startMs);
    const failure = attempts.find(({ result }) => result?.kind === 'failed')?.result;
    if (failure?.kind === 'failed') await this.pause(target, failure.error);
    else if (isTrial && attempts.some(({ result }) => result !== undefined)) await this.store.noteSuccess(target);
    return failure === undefined;
  }

  private claim(target: HandOverTarget, limit: number): Promise<HeldCommand[]> {
    const now = this.tools.clock.now();
    return this.store.claim(target, {
      now,
      limit,
      leaseUntil: this.after(now, target.timeoutMs * LEASE_TIMEOUTS),
      lookAgainAt: new Date(now.getTime() + LOOK_AGAIN_MS),
      answerGraceMs: dueTermsOf(this.config).answerGraceMs,
    });
  }

  /** Real milliseconds later, on the installation's clock. */
  private after(now: Date, realMs: number): Date {
    return new Date(now.getTime() + (realMs * realMs) / this.tools.clock.realDelay(realMs));
  }

  /** Nothing is begun once the server has failed, or when the claim may run out. */
  private async handAll(target: HandOverTarget, held: readonly HeldCommand[]): Promise<Attempt[]> {
    const deadline = Date.now() + target.timeoutMs * (LEASE_TIMEOUTS - 2);
    const lanes = [...Map.groupBy(held, (command) => command.deviceId).values()];
    const attempts: Attempt[] = [];
    let failed = false;
    const work = async (): Promise<void> => {
      for (let lane = lanes.shift(); lane; lane = lanes.shift()) {
        // One push does for all that waits for a device, and its server pushes for what is handed to it.
        let isAwake = false;
        for (const command of lane) {
          const isOver = failed || Date.now() > deadline || command.expiresAt <= this.tools.clock.now();
          const result: HandOverResult | undefined = isOver ? undefined : await this.hand(target, command, isAwake);
          failed ||= result?.kind === 'failed';
          isAwake ||= result?.kind === 'taken';
          attempts.push({ command, result });
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(target.concurrency, lanes.length) }, work));
    return attempts;
  }

  private async hand(target: HandOverTarget, command: HeldCommand, isAwake: boolean): Promise<HandOverResult> {
    if (command.isTaken && isAwake) return { kind: 'taken' };
    let apiKey: string;
    try {
      apiKey = this.sealer.open(target.sealedApiKey, sourceKeyContext(target, 'api-key')).toString();
    } catch (error) {
      return { kind: 'failed', error: boundedWords((error as Error).message), mayHaveIt: false };
    }
    const call = { ...target, apiKey };
    return command.isTaken ? this.server.wake(call, command.deviceId) : this.server.hand(call, command);
  }

  private async settle(target: HandOverTarget, attempts: readonly Attempt[]): Promise<void> {
    const now = this.tools.clock.now();
    const taken: TakenHandOver[] = [];
    const refused: RefusedHandOver[] = [];
    const failed: FailedHandOver[] = [];
    for (const { command, result } of attempts) {
      if (result?.kind === 'taken') taken.push({ command, pushAt: this.pushAt(command, now) });
      else if (result?.kind === 'refused') refused.push({ command, detail: result.detail });
      else failed.push(this.failedOf(command, result?.mayHaveIt ?? false, result === undefined ? null : now, now));
    }
    await this.db.transaction(async (tx) => {
      if (taken.length > 0) await this.store.settleTaken(tx, taken, now);
      if (failed.length > 0) await this.store.settleFailed(tx, failed, now);
      if (refused.length === 0) return;
      const ended = await this.store.settleRefused(tx, refused, now);
      const items = ended.map((one) =>
        endedItem({ ...one, state: 'queued' }, now, { outcome: 'refused', reason: target.kind, detail: one.detail }),
      );
      await announceEnded(this.outbox, tx, { tenant: target.tenant, at: now }, items);
    });
  }

  /** As long as a device of our own would be waited for. */
  private pushAt({ pushCount }: HeldCommand, now: Date): Date {
    const { repushMs, repushMaxMs } = dueTermsOf(this.config);
    return new Date(now.getTime() + Math.min(repushMs * 2 ** Math.min(pushCount, 30), repushMaxMs));
  }

  /** What was not tried is due at once. What an earlier attempt may have brought there stays in that server's hand. */
  private failedOf(command: HeldCommand, mayHaveIt: boolean, triedAt: Date | null, now: Date): FailedHandOver {
    const nextAt = triedAt === null ? now : this.after(now, backoffMs(command.attempts, COMMAND_RETRY));
    return { command, mayHaveIt: mayHaveIt || command.isRepeat, nextAt };
  }

  private async pause(target: HandOverTarget, error: string): Promise<void> {
    const failures = target.failures + 1;
    const ms = backoffMs(failures, SERVER_PAUSE);
    await this.store.noteFailure(target, { failures, error, pauseMs: ms });
    const keys = { tenant: target.tenant, source: target.name, failures, ms, reason: error };
    this.tools.log.warn(keys, 'another MDM server takes no commands; what is for its devices waits');
  }

  private trace(attempts: readonly Attempt[], startMs: number): void {
    const endMs = Date.now();
    for (const { command, result } of attempts) {
      const { traceparent, commandId } = command;
      if (traceparent === null || result === undefined) continue;
      const attributes = { 'messaging.message.conversation_id': commandId, 'lamp.outcome': result.kind };
      this.tools.tracer.record('hand-over-commands', { traceparent, startMs, endMs, attributes });
    }
  }
}
