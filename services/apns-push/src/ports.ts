import type { Tx } from '@lamplighter/runtime';
import type { ApnsAnswer } from './domain/apns-answer.ts';
import type { PushCertificate } from './domain/push-certificate.ts';
import type { PushJob, PushResult } from './domain/push.ts';

/** Where a device can be reached. */
export interface PushTarget {
  topic: string;
  /** Lower-case hex. */
  token: string;
  pushMagic: string;
}

export abstract class PushTargets {
  /** In the order of the jobs; undefined for a device that is not enrolled, has no (usable) token, or whose token is gone. */
  abstract find(jobs: readonly PushJob[]): Promise<(PushTarget | undefined)[]>;
}

/** A certificate in use. A replaced one has another version. */
export interface StoredCertificate extends PushCertificate {
  tenant: string;
  version: string;
  uploadedAt: Date;
  /** APNs' reason for not taking it; undefined while it does. */
  refused: string | undefined;
}

/** What can be said of a certificate without opening it. */
export interface CertificateNotice {
  tenant: string;
  topic: string;
  notAfter: Date;
  refused: string | undefined;
}

export abstract class CertificateStore {
  /**
   * Seals and stores it in the place of the topic's former one, whose refusal goes with it. Where the former one ends
   * later, nothing changes and its end is returned, unless `force` is true.
   */
  abstract put(tenant: string, certificate: PushCertificate, now: Date, force: boolean): Promise<Date | undefined>;
  /** Undefined where the tenant has none of this topic. May be a few seconds old, except for what this process stored. */
  abstract get(tenant: string, topic: string): Promise<StoredCertificate | undefined>;
  /** All of them, of all tenants. */
  abstract list(): Promise<CertificateNotice[]>;
  /** Notes that APNs does not take it, and why; undefined: it does again. Changes nothing where it has been replaced. */
  abstract setRefused(certificate: StoredCertificate, reason: string | undefined, now: Date): Promise<void>;
}

export interface Push extends PushTarget {
  tenant: string;
  apnsId: string;
  expiresAt: Date;
}

/** How long one attempt may take, on `performance.now()`. */
export interface Patience {
  /** Then it is given up if it still waits to be sent and APNs answers nothing. While answers come, its turn will. */
  deadlineMs: number;
  /** Then it is given up whatever happens. */
  untilMs: number;
}

export abstract class PushSender {
  /**
   * One attempt. Never throws, and calls `done` once, not by a promise: there are tens of thousands a second. Status 0 says
   * that there was no answer, and why. The time that APNs has for its answer runs from when the push was sent.
   */
  abstract send(
    push: Push,
    certificate: StoredCertificate,
    patience: Patience,
    done: (answer: ApnsAnswer) => void,
  ): void;
}

/** `repeat`: for devices that did not come. They go when no first push waits. */
export type Lane = 'first' | 'repeat';

export interface Claimant {
  lane: Lane;
  tenant: string;
  topic: string;
  /** On `performance.now()`: until then it waits. */
  untilMs: number;
}

export abstract class PushBudget {
  /**
   * Waits for leave to send; returns how many of `wanted` may go now, at least 1, or 0 when the time is up or the process
   * ends. Pushes go on where the shared budget cannot be reached.
   */
  abstract take(wanted: number, claimant: Claimant): Promise<number>;
}

/** `covered`: another push of the same device does. `{ waitMs }`: too close to the one before; ask again then. */
export type Leave = 'go' | 'covered' | { waitMs: number };

/**
 * What was pushed a moment ago, by whichever process: several requests for a device become one push.
 *
 * A push does for a request only if it left after the request was received here. The request was published after its
 * command was committed, so whoever is woken by that push finds the command. A push that left before does not: its device
 * may have come and gone before the command was there. One clock, that of the shared memory, puts the two in order. What
 * cannot be remembered is pushed: one wake-up too many, never one too few.
 */
export abstract class RecentPushes {
  /** To be called when requests have been received: `ask` takes it. Undefined where the shared memory cannot be reached. */
  abstract mark(): Promise<number | undefined>;
  /** In the order of the pushes. Where it says `go`, the push counts as gone. `received` undefined: all go. */
  abstract ask(pushes: readonly Push[], received: number | undefined): Promise<Leave[]>;
  /** It was not accepted: it does for nobody. Never throws. */
  abstract forget(push: Push): Promise<void>;
  /** APNs wants no push to this token for a while. Never throws. */
  abstract hold(push: Push, ms: number): Promise<void>;
}

export abstract class PushLog {
  /** Adds a row for each result. */
  abstract add(tx: Tx, results: readonly PushResult[]): Promise<void>;
}
