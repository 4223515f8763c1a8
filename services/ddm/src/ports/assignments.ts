import type { Tx } from '@lamplighter/runtime';

export interface NewAssignment {
  deviceIds: readonly string[];
  cause: string;
  /** Null: withdrawn. */
  setId: string | null;
  sentAt: Date;
}

/** What a device is given next, and how often it was told before. */
export interface ToldDevice {
  deviceId: string;
  /** Null: nothing any more. */
  manifestId: string | null;
  /** This time included. */
  toldCount: number;
}

/** Sets that some devices have together, and what those devices can take. */
export interface Combination {
  manifestId: string;
  setIds: string[];
  capabilitiesId: string | null;
}

/** `all`: also those that nothing changed for. */
export type Telling = 'changed' | 'all' | 'none';

/** Whom to tell; and combinations without a manifest, whose devices were left as they are. */
export interface Arranged {
  told: ToldDevice[];
  missing: Combination[];
}

/** Which device has what. All methods need the tenant's turn. */
export abstract class AssignmentStore {
  /** Instants up to which each of these causes was withdrawn from every device; those that never were are absent. */
  abstract withdrawnAt(tx: Tx, tenant: string, causes: readonly string[]): Promise<Map<string, Date>>;

  /** From here on assignments of this cause that were sent up to `at` are none. */
  abstract refuseCause(tx: Tx, tenant: string, cause: string, at: Date): Promise<void>;

  /** What is older than what is stored changes nothing. */
  abstract assign(tx: Tx, tenant: string, assignment: NewAssignment): Promise<void>;

  /**
   * Withdraws what this cause gave up to `at` from at most `limit` devices.
   * @returns the devices; empty once none has it
   */
  abstract withdraw(
    tx: Tx,
    of: { tenant: string; cause: string; at: Date },
    limit: number,
    deviceIds?: readonly string[],
  ): Promise<string[]>;

  /** Causes of a device's assignments that begin so. */
  abstract causesOf(tx: Tx, tenant: string, deviceId: string, beginning: string): Promise<string[]>;

  /** Gives each of these devices the manifest of its sets and capabilities, and notes whom to tell. */
  abstract arrange(
    tx: Tx,
    of: { tenant: string; deviceIds: readonly string[]; tell: Telling },
    now: Date,
  ): Promise<Arranged>;

  /**
   * `assign` of a set that is the cause's own, and `arrange` of the devices whose assignment that changed, at once. Where a combination
   * is missing its devices have their assignment, and are to be arranged.
   */
  abstract give(tx: Tx, assignment: NewAssignment & { tenant: string; tell: Telling }, now: Date): Promise<Arranged>;

  /**
   * For a new enrollment: what it was told and has synced is forgotten, and what it said before `at` that it can take.
   * @returns the devices for which this enrollment is new
   */
  abstract forget(
    tx: Tx,
    tenant: string,
    enrollments: readonly { deviceId: string; generation: number; at: string }[],
  ): Promise<string[]>;

  /** Its newest command never reached them: what they were told is forgotten. */
  abstract forgetTold(tx: Tx, tenant: string, deviceIds: readonly string[]): Promise<void>;

  /** A device at most once. */
  abstract setCapabilities(
    tx: Tx,
    tenant: string,
    of: readonly { deviceId: string; capabilitiesId: string }[],
  ): Promise<void>;

  /** What counts for a device as long as it has told nothing itself. A device at most once. */
  abstract presumeCapabilities(
    tx: Tx,
    tenant: string,
    of: readonly { deviceId: string; capabilitiesId: string }[],
  ): Promise<void>;
}
