import type { Tx } from '@lamplighter/runtime';
import type { Manifest } from '../domain/manifest.ts';
import type { Combination, ToldDevice } from './assignments.ts';

export interface StoredManifest extends Combination {
  declarationsToken: string;
  tokensDocument: string;
}

/** Sets, and all that hold one of these declarations. */
export interface ChangedSets {
  setIds?: readonly string[];
  identifiers?: readonly string[];
}

/** A manifest that is to be made anew because a set of its changed. */
export interface Renewal extends StoredManifest {
  /** Its devices are to be told. */
  tell: boolean;
  /** Also where nothing changed for them, if they were not told since; null: only where something did. */
  askedAt: Date | null;
}

/** What devices with the same sets and capabilities have. All methods need the tenant's turn. */
export abstract class ManifestStore {
  abstract find(tx: Tx, tenant: string, manifestIds: readonly string[]): Promise<StoredManifest[]>;

  /** All that have any of these sets; undefined where there are more than `limit` of either. */
  abstract ofSets(tx: Tx, tenant: string, of: ChangedSets, limit: number): Promise<StoredManifest[] | undefined>;

  /** Writes them with their members, in place of what was there. */
  abstract put(tx: Tx, tenant: string, manifests: readonly (Combination & Manifest)[], now: Date): Promise<void>;

  /** Types that devices of each of these capabilities take. */
  abstract takes(tx: Tx, tenant: string, capabilitiesIds: readonly string[]): Promise<Map<string, ReadonlySet<string>>>;

  /** Their devices are to be told, from the first on; with `askedAt` all that were not told since. */
  abstract markChanged(tx: Tx, tenant: string, manifestIds: readonly string[], askedAt?: Date | null): Promise<void>;

  /** All manifests that have these sets are to be made anew, from the first on; `askedAt` as in `Renewal`. */
  abstract noteChangedSets(
    tx: Tx,
    tenant: string,
    of: ChangedSets,
    how: { tell: boolean; askedAt?: Date | null },
  ): Promise<void>;

  /**
   * The next manifests of sets that were noted; they will not come again.
   * @returns undefined where no set is left in the tenant
   */
  abstract takeRenewal(tx: Tx, tenant: string, limit: number): Promise<Renewal[] | undefined>;

  /** Tenants with sets or manifests that changed, and are still to be renewed or told of. */
  abstract tenantsWithChanges(): Promise<string[]>;

  /**
   * The next devices of changed manifests that were told something else, noted as told.
   * @returns undefined where none is left in the tenant
   */
  abstract takeChanged(tx: Tx, tenant: string, limit: number, now: Date): Promise<ToldDevice[] | undefined>;

  /** Forgets at most so many of the assignments that were withdrawn before; how many. */
  abstract clearWithdrawn(tx: Tx, tenant: string, before: Date, limit: number): Promise<number>;

  /**
   * Removes manifests without devices, sets without a name that nobody has, declarations of nobody that no set holds (at most `limit`
   * of each), and capabilities that no device has.
   * @returns whether there may be more
   */
  abstract clear(tx: Tx, tenant: string, before: Date, limit: number): Promise<boolean>;

  abstract tenants(): Promise<string[]>;
}
