import type { Tx } from '@lamplighter/runtime';
import type { Enrollment } from '../domain/enrollment.ts';

export interface NewEnrollment extends Omit<
  Enrollment,
  'bootstrapToken' | 'status' | 'reachable' | 'tokenUpdateTally' | 'changedAt'
> {
  at: Date;
}

/** What a TokenUpdate says. */
export interface UpdatedTokens {
  topic: string;
  /** Sealed. Null keeps the one held: only a source's device comes without. */
  pushAddress: Buffer | null;
  /** Sealed. Null keeps the one held. */
  unlockToken: Buffer | null;
  /** Absent: false. */
  awaitingConfiguration?: boolean | undefined;
  /** Of a Mac's user channel. */
  notOnConsole?: boolean | undefined;
  /** Of user channels. */
  userShortName?: string | undefined;
  userLongName?: string | undefined;
}

export abstract class EnrollmentStore {
  /** Waits for other transactions that took this device's turn, also where it is not known yet. */
  abstract takeTurn(tx: Tx, tenant: string, deviceId: string): Promise<void>;

  /** Locked until the transaction ends. Undefined when it never was. */
  abstract lock(tx: Tx, tenant: string, deviceId: string): Promise<Enrollment | undefined>;

  /** Ids of a device's user channels that have not left. */
  abstract channels(tx: Tx, tenant: string, deviceId: string): Promise<string[]>;

  /** Those of these devices that are not enrolled here, or no longer. */
  abstract absent(tx: Tx, tenant: string, deviceIds: readonly string[]): Promise<string[]>;

  /**
   * Whether an enrollment of another device is pinned to this certificate, or was when it left: a device that leaves must
   * not come back as another one. Nobody else is answered about this certificate until the transaction ends.
   */
  abstract isPinnedElsewhere(tx: Tx, tenant: string, deviceId: string, certificateHash: string): Promise<boolean>;

  /** Writes an `authenticated` enrollment: no push address, no tokens. */
  abstract begin(tx: Tx, enrollment: NewEnrollment): Promise<void>;

  /** Refreshes what an `authenticated` enrollment says of itself. */
  abstract refresh(tx: Tx, enrollment: NewEnrollment): Promise<void>;

  /** Stores what a TokenUpdate says and counts it; makes the enrollment `enrolled` and reachable again. */
  abstract setTokens(tx: Tx, of: { tenant: string; deviceId: string }, tokens: UpdatedTokens, at: Date): Promise<void>;

  /** Pins a device and its user channels to another certificate. */
  abstract movePin(tx: Tx, of: { tenant: string; deviceId: string }, certificateHash: string): Promise<void>;
  /** Until when the certificate is valid with which a device enrolled or renewed its tokens. */
  abstract noteCertificateEnd(tx: Tx, of: { tenant: string; deviceId: string }, endsAt: Date): Promise<void>;

  /** Whether Setup Assistant waits for this server. */
  abstract setAwaitingConfiguration(tx: Tx, of: { tenant: string; deviceId: string }, awaiting: boolean): Promise<void>;

  /** Takes one of the tokens for services that it is given: so many at once, and as many an hour. False: none is left now, nothing changes. */
  abstract takeToken(tx: Tx, of: { tenant: string; deviceId: string }, perHour: number, now: Date): Promise<boolean>;

  /** Null deletes it. */
  abstract setBootstrapToken(tx: Tx, of: { tenant: string; deviceId: string }, sealed: Buffer | null): Promise<void>;

  /** Marks them `left`; their tokens and push addresses are deleted. */
  abstract leave(tx: Tx, tenant: string, deviceIds: readonly string[], at: Date): Promise<void>;

  /** No push to these until a TokenUpdate; changes nothing where one has come since `goneAt`. */
  abstract markGone(tx: Tx, tenant: string, gone: readonly { deviceId: string; goneAt: Date }[]): Promise<void>;
}

/** Tokens that devices fetch for Apple's services (GetToken). */
export abstract class TokenServices {
  /** Whether this tenant has tokens of that type. */
  abstract offers(tenant: string, serviceType: string): boolean;
  /** A token of its own for each call. Undefined where this tenant has none of that type. */
  abstract tokenFor(tenant: string, serviceType: string): Buffer | undefined;
}
