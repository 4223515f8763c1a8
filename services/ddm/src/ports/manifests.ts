import type { Tx } from '@lamplighter/runtime';
import type { Manifest } from '../domain/manifest.ts';
import type { Combination, ToldDevice } from './assignments.ts';

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
