import { Clock, CONFIG } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { judge } from '../domain/apns-answer.ts';
import type { Verdict } from '../domain/apns-answer.ts';
import { isPast } from '../domain/push.ts';
import { CertificateStore, PushBudget, PushSender, RecentPushes } from '../ports.ts';
import type { Claimant, Lane, Leave, Push } from '../ports.ts';
import { TopicGate } from './topic-gate.ts';

const FIRST_PAUSE_MS = 200;
/** APNs answers 429 where a token gets too many pushes in a short time. */
const TOKEN_PAUSE_MS = 1000;
const TOKEN_HOLD_MS = 30_000;

export interface Terms {
  lane: Lane;
  /** When the requests were received, by `RecentPushes`. Undefined: each is pushed, whatever was pushed before. */
  received: number | undefined;
  /** On `performance.now()`: what is not done by then is given up. */
  untilMs: number;
}

/** `covered`: another push to the same device does. `left`: the process ends; another is to do it. */
export type Sent = Verdict | 'covered' | 'left';

const BUSY: Verdict = { outcome: 'failed', reason: 'Busy' };

/** Sends within the budget, and tries again what may pass. */
@Injectable()
export class SendPushes {
  constructor(
    private readonly budget: PushBudget,
    private readonly sender: PushSender,
    private readonly certificates: CertificateStore,
    private readonly gate: TopicGate,
    private readonly recent: RecentPushes,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** In the order given. Each goes out as soon as the budget lets it, whatever the ones before it still wait for. */
  async run(pushes: readonly Push[], terms: Terms): Promise<Sent[]> {
    const byTopic = Map.groupBy(pushes, ({ tenant, topic }) => `${tenant}\0${topic}`);
    const said = new Map<Push, Sent>();
    const runs = [...byTopic.values()].map(async (ofTopic) => {
      const sent = await this.runTopic(ofTopic, terms);
      ofTopic.forEach((push, index) => said.set(push, sent[index]!));
    });
    await Promise.all(runs);
    return pushes.map((push) => said.get(push)!);
  }

  private async runTopic(pushes: readonly Push[], terms: Terms): Promise<Sent[]> {
    const { tenant, topic } = pushes[0]!;
    // What cannot go takes nothing from the budget.
    const shut = await this.whyShut(tenant, topic);
    if (shut) return pushes.map(() => shut);
    const claimant = { lane: terms.lane, tenant, topic, untilMs: terms.untilMs };
    const sending: Promise<Sent>[] = [];
    let leave = 0;
    while (sending.length < pushes.length) {
      leave ||= await this.budget.take(pushes.length - sending.length, claimant);
      if (leave === 0) break;
      const next = pushes.slice(sending.length, sending.length + leave);
      const said = await this.recent.ask(next, terms.received);
      next.forEach((push, index) => sending.push(this.follow(push, said[index]!, { ...terms, claimant })));
      leave -= said.filter((one) => one === 'go').length;
    }
    const sent = await Promise.all(sending);
    return pushes.map((_push, index) => sent[index] ?? notSent(terms));
  }

  private async whyShut(tenant: string, topic: string): Promise<Verdict | undefined> {
    const certificate = await this.certificates.get(tenant, topic);
    if (certificate === undefined) return { outcome: 'no-certificate' };
    const reason = this.gate.closed(certificate);
    return reason === undefined ? undefined : { outcome: 'no-certificate', reason };
  }

  /** Has leave, or waits for it. */
  private async follow(push: Push, first: Leave, terms: Terms & { claimant: Claimant }): Promise<Sent> {
    const until = performance.now() + Math.max(this.config.LAMP_PUSH_RETRY_SECONDS * 1000, 2 * this.spacingMs());
    for (let leave = first; ; [leave = 'go'] = await this.recent.ask([push], terms.received)) {
      if (leave === 'covered') return leave;
      if (leave === 'go') {
        // The leave that the first answer was asked with is its own; a later one is paid for here.
        if (first !== 'go' && (await this.budget.take(1, terms.claimant)) === 0) return notSent(terms);
        return this.send(push, terms);
      }
      if (performance.now() + leave.waitMs > Math.min(until, terms.untilMs)) {
        return { outcome: 'failed', reason: 'TooManyRequests' };
      }
      await pause(leave.waitMs);
    }
  }

  private spacingMs(): number {
    return this.clock.realDelay(this.config.LAMP_PUSH_SPACING_SECONDS * 1000);
  }

  private async send(push: Push, terms: Terms & { claimant: Claimant }): Promise<Verdict> {
    const { LAMP_PUSH_RETRY_SECONDS, LAMP_APNS_TIMEOUT_SECONDS } = this.config;
    const startedAt = performance.now();
    const retryUntil = Math.min(startedAt + LAMP_PUSH_RETRY_SECONDS * 1000, terms.untilMs);
    const deadline = Math.min(Math.max(retryUntil, startedAt + LAMP_APNS_TIMEOUT_SECONDS * 1000), terms.untilMs);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
      const verdict = await this.attempt(push, deadline);
      if (verdict.outcome === 'accepted') return verdict;
      const least = verdict.retryAfterMs ?? (verdict.delaysToken ? TOKEN_PAUSE_MS : 0);
      const waitMs = Math.max(least, pauseMs * (0.5 + Math.random() / 2));
      if (!verdict.isRetried || performance.now() + waitMs >= retryUntil) return this.giveUp(push, verdict);
      await pause(waitMs);
      if ((await this.budget.take(1, terms.claimant)) === 0) return this.giveUp(push, verdict);
    }
  }

  private async attempt(push: Push, deadline: number): Promise<Verdict> {
    if (isPast(push.expiresAt, this.clock.now())) return { outcome: 'expired' };
    // Read each time: a renewed certificate serves what still waits.
    const certificate = await this.certificates.get(push.tenant, push.topic);
    if (certificate === undefined) return { outcome: 'no-certificate' };
    const shut = this.gate.enter(certificate);
    if (shut !== undefined) return { outcome: 'no-certificate', reason: shut };
    const verdict = judge(await this.sender.send(push, certificate, deadline));
    this.gate.heard(certificate, verdict);
    const isBadToken = verdict.isBadToken === true && this.gate.isProven(certificate);
    return { ...verdict, isBadToken, apnsId: push.apnsId };
  }

  /** It did not wake its device, so it does for no other request. */
  private async giveUp(push: Push, verdict: Verdict): Promise<Verdict> {
    if (verdict.delaysToken) await this.recent.hold(push, verdict.retryAfterMs ?? TOKEN_HOLD_MS);
    else await this.recent.forget(push);
    return verdict;
  }
}

/** Who waits for an answer hears that there was no time; what may wait is left to another process. */
function notSent({ untilMs }: Terms): Sent {
  return untilMs === Infinity ? 'left' : BUSY;
}
