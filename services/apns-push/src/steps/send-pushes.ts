import { Clock, CONFIG, Log } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { judge } from '../domain/apns-answer.ts';
import type { Verdict } from '../domain/apns-answer.ts';
import { PushBudget, PushSender } from '../ports.ts';
import type { Push, StoredCertificate } from '../ports.ts';

const FIRST_PAUSE_MS = 200;

/** Sends within the budget, tries again what may pass, and leaves a topic alone whose certificate APNs refuses. */
@Injectable()
export class SendPushes {
  /** Topics that APNs refused, with the version of the certificate it refused, and its reason. */
  private readonly stopped = new Map<string, { version: string; reason: string }>();

  constructor(
    private readonly budget: PushBudget,
    private readonly sender: PushSender,
    private readonly clock: Clock,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** In the order given. Each goes out as soon as the budget lets it, whatever the ones before it still wait for. */
  async run(pushes: readonly Push[]): Promise<Verdict[]> {
    const sending: Promise<Verdict>[] = [];
    while (sending.length < pushes.length) {
      const granted = await this.budget.take(pushes.length - sending.length);
      const next = pushes.slice(sending.length, sending.length + granted);
      for (const push of next) sending.push(this.send(push));
    }
    return Promise.all(sending);
  }

  private async send(push: Push): Promise<Verdict> {
    const { LAMP_PUSH_RETRY_SECONDS, LAMP_APNS_TIMEOUT_SECONDS } = this.config;
    const startedAt = performance.now();
    const retryUntil = startedAt + LAMP_PUSH_RETRY_SECONDS * 1000;
    const deadline = Math.max(retryUntil, startedAt + LAMP_APNS_TIMEOUT_SECONDS * 1000);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
      const reason = this.stopReason(push.certificate);
      if (reason !== undefined) return { outcome: 'no-certificate', reason };
      if (push.expiresAt <= this.clock.now()) return { outcome: 'expired' };
      const verdict = judge(await this.sender.send(push, deadline));
      if (verdict.stopsTopic) this.stop(push.certificate, verdict);
      const waitMs = pauseMs * (0.5 + Math.random() / 2);
      if (!verdict.isRetried || performance.now() + waitMs >= retryUntil) return verdict;
      await pause(waitMs);
      await this.budget.take(1);
    }
  }

  private stopReason({ tenant, topic, version }: StoredCertificate): string | undefined {
    const stop = this.stopped.get(`${tenant}\0${topic}`);
    return stop?.version === version ? stop.reason : undefined;
  }

  /** Until another certificate is stored: APNs would count further tries against us. */
  private stop(certificate: StoredCertificate, { reason = 'Forbidden' }: Verdict): void {
    if (this.stopReason(certificate) !== undefined) return;
    const { tenant, topic, version } = certificate;
    this.stopped.set(`${tenant}\0${topic}`, { version, reason });
    this.log.error(
      { tenant, topic, reason },
      'APNs refuses the push certificate; no pushes until a new one is uploaded',
    );
  }
}
