import type { DeclarationKind } from '@lamplighter/apple';
import type { Tx } from '@lamplighter/runtime';
import type { Declaration } from './domain/declaration.ts';
import type { DeclarationStatus } from './domain/declared.ts';
import type { Manifest, ManifestMember } from './domain/manifest.ts';

/** Whose declarations change: all of a tenant's take turns. */
export abstract class Turns {
  /** Waits for whoever else changes what devices of these tenants have; until the transaction ends. Syncs never wait. */
  abstract take(tx: Tx, tenants: readonly string[]): Promise<void>;
}

export interface PutDeclaration extends Declaration {
  /** By an operator, who alone removes it. */
  isKept: boolean;
  sentAt: Date;
}

export interface StoredDeclaration {
  identifier: string;
  serverToken: string;
  document: string;
  isKept: boolean;
  /** How often it was given another token without another content. */
  touched: number;
}

export interface NewSet {
  setId: string;
  /** Of an operator's set. */
  name: string | null;
  /** Of all others. */
  cause: string | null;
}

/** Declarations and the sets that hold them. All methods need the tenant's turn, except `find`. */
export abstract class DeclarationStore {
  abstract find(tx: Tx, tenant: string, identifiers: readonly string[]): Promise<StoredDeclaration[]>;

  /**
   * Writes those that are not older than what is stored; another content takes the place of the former.
   * @returns the identifiers whose ServerToken is new
   */
  abstract put(tx: Tx, tenant: string, declarations: readonly PutDeclaration[], now: Date): Promise<string[]>;

  /** Writes it with another ServerToken. */
  abstract touch(tx: Tx, tenant: string, declaration: Declaration & { touched: number }, now: Date): Promise<void>;

  /** False where there is none. */
  abstract remove(tx: Tx, tenant: string, identifier: string): Promise<boolean>;

  /** Sets that hold any of these, with their names. */
  abstract setsOf(
    tx: Tx,
    tenant: string,
    identifiers: readonly string[],
  ): Promise<{ setId: string; name: string | null }[]>;

  /** Makes a set with these members where there is none of its id; one that is there stays as it is. */
  abstract addSet(tx: Tx, tenant: string, set: NewSet, identifiers: readonly string[], now: Date): Promise<void>;

  /** Adds or takes out a member. False where that changed nothing. */
  abstract changeMember(
    tx: Tx,
    of: { tenant: string; setId: string; identifier: string },
    isMember: boolean,
  ): Promise<boolean>;

  /** Ids of those of these sets that there are. */
  abstract present(tx: Tx, tenant: string, setIds: readonly string[]): Promise<string[]>;

  /** What each of these sets holds. */
  abstract members(tx: Tx, tenant: string, setIds: readonly string[]): Promise<(ManifestMember & { setId: string })[]>;
}

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
}

export interface StoredManifest extends Combination {
  declarationsToken: string;
  tokensDocument: string;
}

/** What devices with the same sets and capabilities have. All methods need the tenant's turn. */
export abstract class ManifestStore {
  abstract find(tx: Tx, tenant: string, manifestIds: readonly string[]): Promise<StoredManifest[]>;

  /** All that have any of these sets. */
  abstract ofSets(tx: Tx, tenant: string, setIds: readonly string[]): Promise<StoredManifest[]>;

  /** Writes them with their members, in place of what was there. */
  abstract put(tx: Tx, tenant: string, manifests: readonly (Combination & Manifest)[], now: Date): Promise<void>;

  /** Types that devices of each of these capabilities take. */
  abstract takes(tx: Tx, tenant: string, capabilitiesIds: readonly string[]): Promise<Map<string, ReadonlySet<string>>>;

  /** Their devices are to be told, from the first on. */
  abstract markChanged(tx: Tx, tenant: string, manifestIds: readonly string[]): Promise<void>;

  /** All devices that have any of these sets and are not told from `askedAt` on are to be told, whatever changed for them. */
  abstract askToTell(tx: Tx, tenant: string, setIds: readonly string[], askedAt: Date): Promise<void>;

  /** Tenants with manifests whose devices are still to be told. */
  abstract tenantsWithChanges(): Promise<string[]>;

  /**
   * The next devices of a changed manifest that were told something else, noted as told.
   * @returns undefined where none is left in the tenant
   */
  abstract takeChanged(tx: Tx, tenant: string, limit: number, now: Date): Promise<ToldDevice[] | undefined>;

  /** Forgets at most so many of the assignments that were withdrawn before; how many. */
  abstract clearWithdrawn(tx: Tx, tenant: string, before: Date, limit: number): Promise<number>;

  /**
   * Removes manifests without devices, sets without a name that nobody has, declarations of nobody that no set holds, and
   * capabilities that no device has.
   */
  abstract clear(tx: Tx, tenant: string, before: Date): Promise<void>;

  abstract tenants(): Promise<string[]>;
}

export abstract class Pace {
  /** Books room for this many devices. Returns from when on they may be told. */
  abstract book(tx: Tx, tenant: string, devices: number, now: Date): Promise<Date>;
}

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

export interface NewReport {
  tenant: string;
  deviceId: string;
  reportId: string;
  at: Date;
  /** The device's JSON document, known to be storable. */
  report: string;
}

export interface ReportedStatuses {
  tenant: string;
  deviceId: string;
  at: Date;
  /** Of these kinds `statuses` holds all that the device has. */
  kinds: DeclarationKind[];
  statuses: DeclarationStatus[];
}

export abstract class ReportStore {
  /** Returns the ids of those that were not there yet. */
  abstract add(tx: Tx, reports: readonly NewReport[]): Promise<Set<string>>;

  /** A device at most once. What is older than what is stored changes nothing; declarations that are not ours are left out. */
  abstract setStatuses(tx: Tx, reported: readonly ReportedStatuses[]): Promise<void>;

  /** The capabilities that are stored of each of these devices; null: none. */
  abstract capabilitiesOf(devices: readonly { tenant: string; deviceId: string }[]): Promise<(string | null)[]>;

  /** Stores capabilities where they are new. */
  abstract addCapabilities(
    tx: Tx,
    capabilities: readonly { tenant: string; capabilitiesId: string; declarations: string[]; statusItems: string[] }[],
  ): Promise<void>;

  abstract noteReported(tx: Tx, devices: readonly { tenant: string; deviceId: string; at: Date }[]): Promise<void>;
}

export interface KnownDevice {
  deviceId: string;
  kind: string;
  isOurs: boolean;
  platform: string | null;
  osVersion: string | null;
  /** The set of status subscriptions that it has. */
  subscriptions: string | null;
}

/** What other services publish of devices. */
export abstract class Devices {
  /** Those of these that are enrolled, in no order. */
  abstract known(tenant: string, deviceIds: readonly string[]): Promise<KnownDevice[]>;
}
