import type { Catalog, CatalogFilter, CatalogSource, DeviceReleases } from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { type ModelRelease, type OwnUpdate, releasesFor } from '../domain/device-releases.ts';
import { ReleaseViews } from '../ports/catalog.ts';
import { isoOrNull } from './rows.ts';
import * as sql from './sql/catalog.ts';

interface FactsRow {
  platform: string;
  model: string | null;
  osVersion: string | null;
  osVersionKey: number | null;
  buildVersion: string | null;
  supplementalBuild: string | null;
  reportedAt: Date | null;
}

@Injectable()
export class PgReleaseViews extends ReleaseViews {
  constructor(private readonly database: Database) {
    super();
  }

  override async catalog(
    { os = null, model = null, version = null }: Nullable<CatalogFilter>,
    tenant: string,
  ): Promise<Catalog> {
    const filter = [os, model, version];
    const [items, products, sources] = await Promise.all([
      this.database.query<Catalog['items'][number]>(sql.RELEASES, filter),
      this.database.query<Catalog['products'][number]>(sql.PRODUCTS, filter),
      this.database.query<sql.SourceRow>(sql.SOURCES),
    ]);
    return {
      items,
      products,
      sources: sources.map((row) => sourceOf({ ...row, copyFrom: toldTo(tenant, row.copyFrom) })),
    };
  }

  override async ofDevice(tenant: string, deviceId: string, now: Date): Promise<DeviceReleases | undefined> {
    const [facts] = await this.database.query<FactsRow>(sql.DEVICE_FACTS, [tenant, deviceId]);
    if (facts === undefined) return undefined;
    const { platform, model, osVersion, buildVersion } = facts;
    const [own, catalogue] = await Promise.all([
      this.database.query<OwnUpdate & { reportedAt: Date }>(sql.DEVICE_LISTS, [tenant, deviceId]),
      this.database.query<ModelRelease>(sql.MODEL_RELEASES, [
        model,
        facts.osVersionKey,
        now.toISOString().slice(0, 10),
        buildVersion,
        facts.supplementalBuild,
      ]),
    ]);
    const reportedAt = own[0]?.reportedAt ?? facts.reportedAt;
    const items = releasesFor(osVersion, catalogue, own);
    return { deviceId, platform, model, osVersion, buildVersion, reportedAt: isoOrNull(reportedAt), items };
  }
}

type Nullable<T> = { [K in keyof T]: T[K] | null };

/** `api:<tenant>/<token>` names a tenant and one of its tokens. */
function toldTo(tenant: string, copyFrom: string | null): string | null {
  return copyFrom?.startsWith('api:') === true && !copyFrom.startsWith(`api:${tenant}/`) ? 'api' : copyFrom;
}

function sourceOf(row: sql.SourceRow): CatalogSource {
  const { source, kind, location, releases, products, copyFrom } = row;
  return {
    source,
    kind,
    location,
    state: stateOf(row),
    releases,
    products,
    copyFrom,
    copyAt: isoOrNull(row.copyAt),
    attemptedAt: isoOrNull(row.attemptedAt),
    succeededAt: isoOrNull(row.succeededAt),
    nextAt: isoOrNull(row.nextAt),
    failure:
      row.failingSince === null
        ? null
        : {
            code: row.errorCode ?? 'unknown',
            message: row.error ?? '',
            remedy: row.remedy,
            since: row.failingSince.toISOString(),
            attempts: row.failures,
          },
  };
}

function stateOf({ location, copyAt, fetching, failures, succeededAt }: sql.SourceRow): CatalogSource['state'] {
  if (location === null) return copyAt === null ? 'empty' : 'imported';
  if (fetching) return 'fetching';
  if (failures > 0) return 'failing';
  return succeededAt === null ? 'waiting' : 'good';
}
