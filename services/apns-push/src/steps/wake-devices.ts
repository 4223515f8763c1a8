import { AppError, derivedUuid, MAX_EVENT_BYTES, message, pushSent, splitBySize } from '@lamplighter/contracts';
import type { ItemOf } from '@lamplighter/contracts';
import { Clock, Database, Outbox, Tracer } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { Verdict } from '../domain/apns-answer.ts';
import { isPast } from '../domain/push.ts';
import type { PushJob, PushResult } from '../domain/push.ts';
import { PushLog, PushTargets } from '../ports.ts';
import type { Push, PushTarget } from '../ports.ts';
import { SendPushes } from './send-pushes.ts';
import type { Terms } from './send-pushes.ts';

/** Wakes devices and says what came of each. A push is sent at least once. */
@Injectable()
export class WakeDevices {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly targets: PushTargets,
    private readonly sending: SendPushes,
    private readonly pushes: PushLog,
    private readonly clock: Clock,
    private readonly tracer: Tracer,
  ) {}

  /**
   * One job a device. Returns what was recorded: nothing of those that another push does for. Throws AppError
   * `push.interrupted` (retry) where the process ends before all were sent; those that were are recorded.
   */
  async run(jobs: readonly PushJob[], terms: Terms): Promise<PushResult[]> {
    const startMs = Date.now();
    if (jobs.length === 0) return [];
    // Before the addresses are read: what APNs says of a token is true of the one that was valid then.
    const askedAt = this.clock.now();
    const targets = await this.targets.find(jobs);
    const prepared = jobs.map((job, index) => this.prepare(job, targets[index]));
    const ready = prepared.filter((one) => 'token' in one);
    const sent = await this.sending.run(ready, terms);
    const at = this.clock.now();
    const results: PushResult[] = [];
    let next = 0;
    for (const [index, one] of prepared.entries()) {
      const verdict = 'token' in one ? sent[next++]! : one;
      if (typeof verdict !== 'string') results.push(resultOf(jobs[index]!, verdict, { at, askedAt }));
    }
    await this.record(results);
    this.trace(results, startMs);
    const left = sent.filter((one) => one === 'left').length;
    if (left > 0)
      throw new AppError('push.interrupted', `the process ends before ${left} pushes`, { outcome: 'retry' });
    return results;
  }

  /** The push, or why there is none. */
  private prepare(job: PushJob, target: PushTarget | undefined): Push | Verdict {
    const { tenant, deviceId, requestId, expiresAt } = job;
    if (isPast(expiresAt, this.clock.now())) return { outcome: 'expired' };
    if (!target) return { outcome: 'no-address' };
    return { tenant, ...target, apnsId: derivedUuid('push', tenant, deviceId, requestId), expiresAt };
  }

  private async record(results: readonly PushResult[]): Promise<void> {
    if (results.length === 0) return;
    await this.db.transaction(async (tx) => {
      await this.pushes.add(tx, results);
      for (const [tenant, ofTenant] of Map.groupBy(results, (result) => result.tenant)) {
        for (const part of splitBySize(ofTenant, MAX_EVENT_BYTES, { sizeOf })) {
          const cause = part.flatMap((one) => [one.requestId, one.deviceId]);
          const id = derivedUuid('push.sent', tenant, ...cause);
          const head = { id, tenant, at: this.clock.now() };
          await this.outbox.stage(tx, pushSent, message(pushSent, head, part.map(itemOf)), id);
        }
      }
    });
  }

  private trace(results: readonly PushResult[], startMs: number): void {
    const endMs = Date.now();
    for (const { traceparent, outcome, reason } of results) {
      if (traceparent === undefined) continue;
      const said = reason === undefined ? {} : { 'lamp.push.reason': reason };
      const attributes = { 'lamp.push.outcome': outcome, ...said };
      this.tracer.record('push-devices', { traceparent, startMs, endMs, attributes });
    }
  }
}

function resultOf(job: PushJob, verdict: Verdict, { at, askedAt }: { at: Date; askedAt: Date }): PushResult {
  const { outcome, reason, goneAt, isBadToken, apnsId } = verdict;
  const isGone = outcome === 'gone' || isBadToken === true;
  const since = goneAt === undefined ? askedAt : new Date(goneAt);
  return { ...job, at, outcome, reason, apnsId, goneAt: isGone ? since : undefined };
}

/** At most: a character takes up to six bytes in JSON, and what is not of variable length takes fewer than these. */
function sizeOf({ deviceId, reason = '' }: PushResult): number {
  return 400 + 6 * (deviceId.length + reason.length);
}

function itemOf(result: PushResult): ItemOf<typeof pushSent> {
  const { deviceId, at, outcome, reason, goneAt, apnsId, traceparent } = result;
  return {
    deviceId,
    at: at.toISOString(),
    outcome,
    reason,
    goneAt: goneAt?.toISOString(),
    apnsId,
    traceparent,
  };
}
