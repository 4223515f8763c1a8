import { derivedUuid, message, pushSent, splitBySize } from '@lamplighter/contracts';
import type { ItemOf, Message } from '@lamplighter/contracts';
import { Clock, Database, Outbox, Tracer } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { Verdict } from '../domain/apns-answer.ts';
import { jobsOf } from '../domain/push.ts';
import type { PushJob, PushRequestItem, PushResult } from '../domain/push.ts';
import { CertificateStore, PushLog, PushTargets } from '../ports.ts';
import type { Push, PushTarget } from '../ports.ts';
import { SendPushes } from './send-pushes.ts';

const MAX_EVENT_BYTES = 500_000;

/** Wakes the devices of a batch and says what came of each. A push is sent at least once. */
@Injectable()
export class PushDevices {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly targets: PushTargets,
    private readonly certificates: CertificateStore,
    private readonly sending: SendPushes,
    private readonly pushes: PushLog,
    private readonly clock: Clock,
    private readonly tracer: Tracer,
  ) {}

  async run(batch: readonly Message<PushRequestItem>[]): Promise<void> {
    const startMs = Date.now();
    const jobs = jobsOf(batch);
    if (jobs.length === 0) return;
    const targets = await this.targets.find(jobs);
    const prepared = await Promise.all(jobs.map((job, index) => this.prepare(job, targets[index])));
    const ready = prepared.filter((one) => 'token' in one);
    const verdicts = await this.sending.run(ready);
    const byPush = new Map(ready.map((push, index) => [push, verdicts[index]!]));
    const results = prepared.map((one, index) =>
      'token' in one ? this.result(jobs[index]!, byPush.get(one)!, one.apnsId) : this.result(jobs[index]!, one),
    );
    await this.record(results);
    this.trace(results, startMs);
  }

  /** The push, or why there is none. */
  private async prepare(job: PushJob, target: PushTarget | undefined): Promise<Push | Verdict> {
    if (job.expiresAt <= this.clock.now()) return { outcome: 'expired' };
    if (!target) return { outcome: 'no-address' };
    const { topic, token, pushMagic } = target;
    const certificate = await this.certificates.get(job.tenant, topic);
    if (!certificate) return { outcome: 'no-certificate' };
    const apnsId = derivedUuid('push', job.tenant, job.deviceId, job.requestId);
    return { certificate, token, pushMagic, apnsId, expiresAt: job.expiresAt };
  }

  private result(job: PushJob, { outcome, reason, goneAt }: Verdict, apnsId?: string): PushResult {
    const at = this.clock.now();
    const gone = goneAt === undefined ? at : new Date(goneAt);
    return { ...job, at, outcome, reason, apnsId, ...(outcome === 'gone' ? { goneAt: gone } : {}) };
  }

  private async record(results: readonly PushResult[]): Promise<void> {
    await this.db.transaction(async (tx) => {
      await this.pushes.add(tx, results);
      for (const [tenant, ofTenant] of Map.groupBy(results, (result) => result.tenant)) {
        for (const part of splitBySize(ofTenant, MAX_EVENT_BYTES)) {
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
