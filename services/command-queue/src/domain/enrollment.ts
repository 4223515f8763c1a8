import type { CheckIn } from '@lamplighter/contracts';

export type EnrollmentKind = CheckIn['kind'];
export type EnrollmentStatus = 'authenticated' | 'enrolled' | 'left';

export interface Enrollment {
  tenant: string;
  deviceId: string;
  kind: EnrollmentKind;
  /** Of a user channel: its device. It lives and dies with it, and identifies with its device's certificate. */
  parentId: string | null;
  status: EnrollmentStatus;
  topic: string;
  /** SHA-256 of the pinned identity certificate, lower-case hex; of a source's devices `sourceCertificateHash`. */
  certificateHash: string;
  /** The MDM server that it is enrolled with, where that is another one. */
  source: string | null;
  generation: number;
  facts: Readonly<Record<string, string>>;
  /** It is enrolled, and APNs has not said that it is gone. */
  reachable: boolean;
  /** Sealed. Null: none is held. */
  bootstrapToken: Buffer | null;
  /** TokenUpdates since its Authenticate. */
  tokenUpdateTally: number;
  /** When it last enrolled, updated its token or left. */
  changedAt: Date;
}

export type AuthenticateDecision =
  /** The same enrollment, said again before its TokenUpdate: only what it says of itself is refreshed. */
  | { kind: 'repeat'; generation: number }
  /** A new generation. What the old one held is void; `left` names it to others where it had been enrolled. */
  | { kind: 'new'; generation: number; left: boolean };

/**
 * An Authenticate begins a generation, except where it repeats the one that began the present generation: no
 * TokenUpdate has come since, and the certificate is the same.
 */
export function decideAuthenticate(existing: Enrollment | undefined, certificateHash: string): AuthenticateDecision {
  if (existing === undefined) return { kind: 'new', generation: 1, left: false };
  if (existing.status === 'authenticated' && existing.certificateHash === certificateHash) {
    return { kind: 'repeat', generation: existing.generation };
  }
  return { kind: 'new', generation: existing.generation + 1, left: existing.status === 'enrolled' };
}

/** Whether this enrollment may speak: `left` ones are strangers. */
export function identify(
  existing: Enrollment | undefined,
  certificateHash: string,
): 'ok' | 'unrecognized' | 'wrong-certificate' {
  if (existing === undefined || existing.status === 'left') return 'unrecognized';
  return existing.certificateHash === certificateHash ? 'ok' : 'wrong-certificate';
}

/**
 * Another server's messages may come late or twice: one that a newer one has overtaken changes nothing. A TokenUpdate may be
 * known before the Authenticate that it followed.
 */
export function isOvertaken(
  known: Enrollment | undefined,
  { source, message }: Pick<CheckIn, 'source' | 'message'>,
  at: Date,
): boolean {
  if (source === undefined || known === undefined) return false;
  if (known.status !== 'left' && known.source !== source) return false;
  return message.type === 'Authenticate' ? known.changedAt >= at : known.changedAt > at;
}

/** Enrolled with this server itself, now: no source may speak for it. */
export function isNative(existing: Enrollment | undefined): boolean {
  return existing !== undefined && existing.status !== 'left' && existing.source === null;
}

/**
 * Whether a certificate says by its names that it is this device's: the device's id or the serial number that it
 * enrolled with is one of them, whole, in any case.
 */
export function isNamedFor(
  device: Pick<Enrollment, 'deviceId' | 'facts'>,
  certificateNames: readonly string[],
): boolean {
  const names = new Set(certificateNames.map((name) => name.toLowerCase()));
  const own = [device.deviceId, device.facts['serialNumber']];
  return own.some((name) => name !== undefined && name !== '' && names.has(name.toLowerCase()));
}
