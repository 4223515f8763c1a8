import type { SourceKind } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { CommandKey } from '../domain/command.ts';
import type { HandOverResult } from '../domain/hand-over.ts';
import type { EndedCommand } from '../domain/ended.ts';

/** An MDM server beside this one, by its name under /v1/sources. */
export type TargetKey = { tenant: string; name: string };

export interface HandOverTarget extends TargetKey {
  kind: SourceKind;
  url: string;
  sealedApiKey: Buffer;
  /** Calls that one process has open at a time. */
  concurrency: number;
  timeoutMs: number;
  /** How often it failed, one after another. */
  failures: number;
  /** It failed a moment ago: nothing is sent to it. */
  paused: boolean;
}

export interface ClaimTerms {
  now: Date;
  limit: number;
  /** From then on an attempt that was not settled counts as lost, and its command is claimed again. */
  leaseUntil: Date;
  /** When what its device is not to have yet is looked at again. */
  lookAgainAt: Date;
  answerGraceMs: number;
}

/** A command that is being handed to another server. */
export interface HeldCommand extends CommandKey {
  requestType: string;
  /** The Command dictionary as an XML fragment. */
  command: string;
  expiresAt: Date;
  /** This one included; also the fence: an attempt that outlived its lease changes nothing. */
  attempts: number;
  /** An earlier attempt may have brought it there. */
  isRepeat: boolean;
  /** It is there, and its device has not answered: it is to be pushed again. */
  isTaken: boolean;
  pushCount: number;
  traceparent: string | null;
}

export interface TakenHandOver {
  command: HeldCommand;
  /** When its device is pushed (again) unless it answers before. */
  pushAt: Date;
}

export interface FailedHandOver {
  command: HeldCommand;
  /** False: it is back in its queue, and can be taken back. */
  mayHaveIt: boolean;
  nextAt: Date;
}

export type RefusedHandOver = { command: HeldCommand; detail: string };

/** Commands on their way to the MDM servers that their devices are enrolled with. */
export abstract class HandOverStore {
  /** The enabled ones that are not paused. */
  abstract targets(): Promise<TargetKey[]>;
  /** Undefined where it is gone or not enabled. */
  abstract findTarget(key: TargetKey): Promise<HandOverTarget | undefined>;
  /** Of several processes one gets true, once `forMs` at most: it tries whether a server in trouble is well again. */
  abstract takeTurn(key: TargetKey, forMs: number): Promise<boolean>;
  abstract noteFailure(key: TargetKey, failure: { failures: number; error: string; pauseMs: number }): Promise<void>;
  abstract noteSuccess(key: TargetKey): Promise<void>;

  /** What is due for it, or whose device is to be pushed, by lane, then age; nobody else gets it while the lease lasts. Nothing whose time is up. */
  abstract claim(target: HandOverTarget, terms: ClaimTerms): Promise<HeldCommand[]>;
  /** They are in the other server's hand, until they are answered or their time for an answer is over. */
  abstract settleTaken(tx: Tx, taken: readonly TakenHandOver[], now: Date): Promise<void>;
  abstract settleFailed(tx: Tx, failed: readonly FailedHandOver[], now: Date): Promise<void>;
  /** Ends them as `refused`; returns those that were still there. */
  abstract settleRefused(
    tx: Tx,
    refused: readonly RefusedHandOver[],
    now: Date,
  ): Promise<(EndedCommand & { detail: string })[]>;
}

export interface HandOverCall extends Pick<HandOverTarget, 'kind' | 'url' | 'timeoutMs'> {
  apiKey: string;
}

export abstract class OtherServer {
  /** Never throws. A repeat under the same CommandUUID is one command. */
  abstract hand(call: HandOverCall, command: HeldCommand): Promise<HandOverResult>;

  /** Has it push a device. Never throws. `taken` also where APNs does not take the push: the next may do. */
  abstract wake(call: HandOverCall, deviceId: string): Promise<HandOverResult>;
}
