import type { DeclarationKind } from '@lamplighter/apple';

/** What a device asks for. */
export interface Asked {
  tenant: string;
  deviceId: string;
  /** Of the certificate that the device showed, lower-case hex; null where a source asks. */
  certificateHash: string | null;
  /** The other server that asks for its device; null: the device asks itself. */
  source: string | null;
  endpoint: 'tokens' | 'declaration-items' | 'declaration' | 'status';
  /** Of `declaration`. */
  kind: DeclarationKind | null;
  identifier: string | null;
}

export interface Found {
  /** What command-queue says of its enrollment; null: it never enrolled. */
  isEnrolled: boolean | null;
  /** SHA-256 of the pinned identity certificate, lower-case hex. */
  certificateHash: string | null;
  /** The other server that it is enrolled with; null: with us, or it never enrolled. */
  source: string | null;
  /** False: it has no declarations. */
  hasManifest: boolean;
  /** Absent document: null. */
  document: string | null;
}

export abstract class SyncViews {
  /** In the order of what is asked. Notes which declaration items devices fetched: of the right certificate, or through their own source. */
  abstract read(asked: readonly Asked[], now: Date): Promise<Found[]>;
}
