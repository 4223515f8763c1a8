import { CONFIG, Database, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { EMPTY_TOKEN, type Manifest } from '../domain/manifest.ts';
import type { Combination, ToldDevice } from '../ports/assignments.ts';
import { ManifestStore } from '../ports/manifests.ts';
import { Pace } from '../ports/pace.ts';
import type { StoredManifest } from '../ports/manifests.ts';
import * as sql from './sql/manifests.ts';

@Injectable()
export class PgManifestStore extends ManifestStore {
  constructor(private readonly db: Database) {
    super();
  }

  override find(tx: Tx, tenant: string, manifestIds: readonly string[]): Promise<StoredManifest[]> {
    return tx.query<StoredManifest>(sql.findManifests, [tenant, manifestIds]);
  }

  override ofSets(tx: Tx, tenant: string, setIds: readonly string[]): Promise<StoredManifest[]> {
    return tx.query<StoredManifest>(sql.manifestsOfSets, [tenant, setIds]);
  }

  override async put(tx: Tx, tenant: string, manifests: readonly (Combination & Manifest)[], now: Date): Promise<void> {
    for (const one of manifests) {
      await tx.query(sql.putManifest, [
        tenant,
        one.manifestId,
        one.setIds,
        one.capabilitiesId,
        one.declarationsToken,
        one.tokensDocument,
        one.itemsDocument,
        one.leftOut,
        now,
        one.identifiers,
      ]);
    }
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

  override async markChanged(tx: Tx, tenant: string, manifestIds: readonly string[]): Promise<void> {
    await tx.query(sql.markChanged, [tenant, manifestIds]);
  }

  override async askToTell(tx: Tx, tenant: string, setIds: readonly string[], askedAt: Date): Promise<void> {
    if (setIds.length > 0) await tx.query(sql.askToTell, [tenant, setIds, askedAt]);
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

  override async clear(tx: Tx, tenant: string, before: Date): Promise<void> {
    for (const statement of sql.clearing) await tx.query(statement, [tenant, before]);
    await tx.query(sql.clearCapabilities, [tenant]);
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
