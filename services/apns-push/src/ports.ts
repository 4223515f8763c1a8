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
}

export abstract class CertificateStore {
  /** Seals and stores it; replaces the topic's former one. */
  abstract put(tenant: string, certificate: PushCertificate, now: Date): Promise<void>;
  /** Undefined where the tenant has none of this topic. May be a few seconds old, except for what this process stored. */
  abstract get(tenant: string, topic: string): Promise<StoredCertificate | undefined>;
}

export interface Push {
  certificate: StoredCertificate;
  /** Lower-case hex. */
  token: string;
  pushMagic: string;
  apnsId: string;
  expiresAt: Date;
}

export abstract class PushSender {
  /** One attempt. Never throws: status 0 says that there was no answer by `deadlineMs` (`performance.now()`), and why. */
  abstract send(push: Push, deadlineMs: number): Promise<ApnsAnswer>;
}

export abstract class PushBudget {
  /** Waits for leave to send; returns how many of `wanted` may go now, at least 1. Pushes go on where the shared budget cannot be reached. */
  abstract take(wanted: number): Promise<number>;
}

export abstract class PushLog {
  /** Adds a row for each result. */
  abstract add(tx: Tx, results: readonly PushResult[]): Promise<void>;
}
