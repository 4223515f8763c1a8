import { CONFIG, Database, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { EMPTY_TOKEN, type Manifest } from '../domain/manifest.ts';
import type { Combination, ToldDevice } from '../ports/assignments.ts';
import { ManifestStore } from '../ports/manifests.ts';
import { Pace } from '../ports/pace.ts';
import type { ChangedSets, Renewal, StoredManifest } from '../ports/manifests.ts';
import * as sql from './sql/manifests.ts';
const changedColumns = ({ setIds = [], identifiers = [] }: ChangedSets) => [setIds, identifiers];

@Injectable()
export class PgManifestStore extends ManifestStore {
  constructor(private readonly db: Database) {
    super();
  }

  override find(tx: Tx, tenant: string, manifestIds: readonly string[]): Promise<StoredManifest[]> {
    return tx.query<StoredManifest>(sql.findManifests, [tenant, manifestIds]);
  }

  override async ofSets(tx: Tx, tenant: string, of: ChangedSets, limit: number): Promise<StoredManifest[] | undefined> {
    type Row = { isMore: boolean } & (StoredManifest | { manifestId: null });
    const rows = await tx.query<Row>(sql.manifestsOfSets, [tenant, ...changedColumns(of), limit]);
    if (rows[0]!.isMore) return undefined;
    return rows.filter((row): row is StoredManifest & { isMore: boolean } => row.manifestId !== null);
  }

  override async put(tx: Tx, tenant: string, manifests: readonly (Combination & Manifest)[], now: Date): Promise<void> {
    if (manifests.length === 0) return;
    await tx.query(sql.putManifests, [
      tenant,
      now,
      manifests.map((one) => one.manifestId),
      manifests.map((one) => JSON.stringify(one.setIds)),
      manifests.map((one) => one.capabilitiesId),
      manifests.map((one) => one.declarationsToken),
      manifests.map((one) => one.tokensDocument),
      manifests.map((one) => one.itemsDocument),
      manifests.map((one) => JSON.stringify(one.leftOut)),
      manifests.map((one) => JSON.stringify(one.identifiers)),
    ]);
  }

  override async takes(
    tx: Tx,
    tenant: string,
    capabilitiesIds: readonly string[],
  ): Promise<Map<string, ReadonlySet<string>>> {
    if (capabilitiesIds.length === 0) return new Map();
    const rows = await tx.query<{ capabilitiesId: string; declarations: string[] }>(sql.findCapabilities, [
      tenant,
      capabilitiesIds,
    ]);
    return new Map(rows.map(({ capabilitiesId, declarations }) => [capabilitiesId, new Set(declarations)]));
  }

  override async markChanged(
    tx: Tx,
    tenant: string,
    manifestIds: readonly string[],
    askedAt: Date | null = null,
  ): Promise<void> {
    if (manifestIds.length > 0) await tx.query(sql.markChanged, [tenant, manifestIds, askedAt]);
  }

  override async noteChangedSets(
    tx: Tx,
    tenant: string,
    of: ChangedSets,
    { tell, askedAt = null }: { tell: boolean; askedAt?: Date | null },
  ): Promise<void> {
    await tx.query(sql.noteChangedSets, [tenant, ...changedColumns(of), tell, askedAt]);
  }

  override async takeRenewal(tx: Tx, tenant: string, limit: number): Promise<Renewal[] | undefined> {
    type Row = Renewal & { isTold: boolean };
    const rows = await tx.query<Row | { manifestId: null }>(sql.takeRenewal, [tenant, limit]);
    if (rows.length === 0) return undefined;
    return rows
      .filter((row): row is Row => row.manifestId !== null)
      .map(({ isTold, ...row }) => ({ ...row, tell: isTold || row.askedAt !== null }));
  }

  override async tenantsWithChanges(): Promise<string[]> {
    return (await this.db.query<{ tenant: string }>(sql.tenantsWithChanges)).map((row) => row.tenant);
  }

  override async takeChanged(tx: Tx, tenant: string, limit: number, now: Date): Promise<ToldDevice[] | undefined> {
    const rows = await tx.query<{ deviceId: string | null; manifestId: string; toldCount: number }>(sql.takeChanged, [
      tenant,
      limit,
      now,
      EMPTY_TOKEN,
    ]);
    if (rows.length === 0) return undefined;
    return rows.flatMap(({ deviceId, ...rest }) => (deviceId === null ? [] : [{ deviceId, ...rest }]));
  }

  override async clearWithdrawn(tx: Tx, tenant: string, before: Date, limit: number): Promise<number> {
    return (await tx.query(sql.clearWithdrawn, [tenant, before, limit])).length;
  }

  override async clear(tx: Tx, tenant: string, before: Date, limit: number): Promise<boolean> {
    let more = false;
    for (const statement of sql.clearing) {
      const [row] = await tx.query<{ count: number }>(statement, [tenant, before, limit]);
      more ||= row!.count === limit;
    }
    await tx.query(sql.clearCapabilities, [tenant]);
    return more;
  }

  override async tenants(): Promise<string[]> {
    return (await this.db.query<{ tenant: string }>(sql.tenants)).map((row) => row.tenant);
  }
}

@Injectable()
export class PgPace extends Pace {
  constructor(@Inject(CONFIG) private readonly config: Config) {
    super();
  }

  override async book(tx: Tx, tenant: string, devices: number, now: Date): Promise<Date> {
    const values = [tenant, devices, now, this.config.LAMP_DDM_DEVICES_PER_SECOND];
    const [row] = await tx.query<{ from: Date }>(sql.book, values);
    return row!.from;
  }
}
