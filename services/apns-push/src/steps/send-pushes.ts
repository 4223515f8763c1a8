import { Clock, CONFIG } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { judge } from '../domain/apns-answer.ts';
import type { Verdict } from '../domain/apns-answer.ts';
import { isPast } from '../domain/push.ts';
import { CertificateStore, PushBudget, PushSender, RecentPushes } from '../ports.ts';
import type { Claimant, Lane, Leave, Patience, Push, StoredCertificate } from '../ports.ts';
import { Gathering } from './gathering.ts';
import { TopicGate } from './topic-gate.ts';

const FIRST_PAUSE_MS = 200;
/** APNs answers 429 where a token gets too many pushes in a short time. */
const TOKEN_PAUSE_MS = 1000;
const TOKEN_HOLD_MS = 30_000;
/** While somebody waits, what cannot leave this long before the end is left: its answer would come too late to be told. */
const ANSWER_MS = 1000;

export interface Terms {
  lane: Lane;
  /** When the requests were received, by `RecentPushes`. Undefined: each is pushed, whatever was pushed before. */
  received: number | undefined;
  /** On `performance.now()`: what is not done by then is given up. */
  untilMs: number;
}

/** With who claims what the budget gives. */
interface Claim extends Terms {
  claimant: Claimant;
}

/** On `performance.now()`. */
interface Times extends Patience {
  /** Until then it is tried again. */
  retryUntilMs: number;
}

interface Place {
  sent: Gathering<Sent>;
  place: number;
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
    const places = Map.groupBy(pushes.keys(), (place) => `${pushes[place]!.tenant}\0${pushes[place]!.topic}`);
    const sent = new Gathering<Sent>(pushes.length);
    const runs = [...places.values()].map(async (ofTopic) => {
      const said = await this.runTopic(
        ofTopic.map((place) => pushes[place]!),
        terms,
      );
      ofTopic.forEach((place, index) => sent.put(place, said[index]!));
    });
    await Promise.all(runs);
    return sent.all;
  }

  private async runTopic(pushes: readonly Push[], terms: Terms): Promise<Sent[]> {
    const { tenant, topic } = pushes[0]!;
    // What cannot go takes nothing from the budget.
    const shut = await this.whyShut(tenant, topic);
    if (shut) return pushes.map(() => shut);
    const claim = { ...terms, claimant: { lane: terms.lane, tenant, topic, untilMs: terms.untilMs - ANSWER_MS } };
    const sent = new Gathering<Sent>(pushes.length);
    let begun = 0;
    let leave = 0;
    while (begun < pushes.length) {
      leave ||= await this.budget.take(pushes.length - begun, claim.claimant);
      if (leave === 0) break;
      const next = pushes.slice(begun, begun + leave);
      const said = await this.recent.ask(next, terms.received);
      const certificate = await this.certificates.get(tenant, topic);
      for (const [index, push] of next.entries()) {
        const first = said[index]!;
        if (first === 'covered') sent.put(begun, first);
        else if (first === 'go') this.begin(push, certificate, claim, { sent, place: begun });
        else sent.putLater(begun, this.follow(push, first, claim));
        begun += 1;
      }
      leave -= said.filter((one) => one === 'go').length;
    }
    for (; begun < pushes.length; begun += 1) sent.put(begun, notSent(terms));
    return sent.all;
  }

  private async whyShut(tenant: string, topic: string): Promise<Verdict | undefined> {
    const certificate = await this.certificates.get(tenant, topic);
    if (certificate === undefined) return { outcome: 'no-certificate' };
    const reason = this.gate.closed(certificate);
    return reason === undefined ? undefined : { outcome: 'no-certificate', reason };
  }

  /** The first attempt of one that has leave. Nearly all are accepted, and those need no promise. */
  private begin(push: Push, certificate: StoredCertificate | undefined, claim: Claim, to: Place): void {
    const times = this.timesOf(claim);
    this.attempt(push, certificate, times, (verdict) => {
      if (verdict.outcome === 'accepted') to.sent.put(to.place, verdict);
      else to.sent.putLater(to.place, this.goOn(push, verdict, times, claim));
    });
  }

  /** Has to wait for leave. */
  private async follow(push: Push, first: Leave, claim: Claim): Promise<Sent> {
    const until = performance.now() + Math.max(this.config.LAMP_PUSH_RETRY_SECONDS * 1000, 2 * this.spacingMs());
    for (let leave = first; ; [leave = 'go'] = await this.recent.ask([push], claim.received)) {
      if (leave === 'covered') return leave;
      if (leave === 'go') break;
      if (performance.now() + leave.waitMs > Math.min(until, claim.untilMs)) {
        return { outcome: 'failed', reason: 'TooManyRequests' };
      }
      await pause(leave.waitMs);
    }
    // What the budget gave for the first question went to another.
    if ((await this.budget.take(1, claim.claimant)) === 0) return notSent(claim);
    const times = this.timesOf(claim);
    return this.goOn(push, await this.attemptNow(push, times.deadlineMs), times, claim);
  }

  private spacingMs(): number {
    return this.clock.realDelay(this.config.LAMP_PUSH_SPACING_SECONDS * 1000);
  }

  private timesOf({ untilMs }: Terms): Times {
    const { LAMP_PUSH_RETRY_SECONDS, LAMP_APNS_TIMEOUT_SECONDS } = this.config;
    const startedAt = performance.now();
    const retryUntilMs = Math.min(startedAt + LAMP_PUSH_RETRY_SECONDS * 1000, untilMs);
    const deadlineMs = Math.min(Math.max(retryUntilMs, startedAt + LAMP_APNS_TIMEOUT_SECONDS * 1000), untilMs);
    return { retryUntilMs, deadlineMs, untilMs };
  }

  /** Tries again what may pass, until it did or its time is up. */
  private async goOn(push: Push, first: Verdict, times: Times, claim: Claim): Promise<Verdict> {
    let verdict = first;
    for (let pauseMs = FIRST_PAUSE_MS; verdict.outcome !== 'accepted'; pauseMs *= 2) {
      const least = verdict.retryAfterMs ?? (verdict.delaysToken ? TOKEN_PAUSE_MS : 0);
      const waitMs = Math.max(least, pauseMs * (0.5 + Math.random() / 2));
      if (!verdict.isRetried || performance.now() + waitMs >= times.retryUntilMs) return this.giveUp(push, verdict);
      await pause(waitMs);
      if ((await this.budget.take(1, claim.claimant)) === 0) return this.giveUp(push, verdict);
      verdict = await this.attemptNow(push, times.deadlineMs);
    }
    return verdict;
  }

  private async attemptNow(push: Push, deadlineMs: number): Promise<Verdict> {
    // Read each time: a renewed certificate serves what still waits.
    const certificate = await this.certificates.get(push.tenant, push.topic);
    const patience = { deadlineMs, untilMs: deadlineMs };
    return new Promise((resolve) => this.attempt(push, certificate, patience, resolve));
  }

  private attempt(
    push: Push,
    certificate: StoredCertificate | undefined,
    patience: Patience,
    done: (verdict: Verdict) => void,
  ): void {
    if (isPast(push.expiresAt, this.clock.now())) return done({ outcome: 'expired' });
    if (certificate === undefined) return done({ outcome: 'no-certificate' });
    const shut = this.gate.enter(certificate);
    if (shut !== undefined) return done({ outcome: 'no-certificate', reason: shut });
    this.sender.send(push, certificate, patience, (answer) => {
      const verdict = judge(answer);
      this.gate.heard(certificate, verdict);
      const isBadToken = verdict.isBadToken === true && this.gate.isProven(certificate);
      done({ ...verdict, isBadToken, apnsId: push.apnsId });
    });
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
