import {
  type AnySpec,
  type Resource,
  type ResourceKind,
  resourceOf,
  type SpecVersion,
  type TenantState,
  type WindowView,
} from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { ResourceViews } from '../ports/resources.ts';
import { iso } from './rows.ts';

type WindowRow = Omit<WindowView, 'createdAt' | 'updatedAt'> & { createdAt: Date; updatedAt: Date };

@Injectable()
export class PgResourceViews extends ResourceViews {
  constructor(private readonly database: Database) {
    super();
  }

  override async windows(tenant: string, name?: string): Promise<WindowView[]> {
    const rows = await this.database.query<WindowRow>(WINDOWS, [tenant, name ?? null]);
    return rows.map((row) => ({ ...row, createdAt: iso(row.createdAt), updatedAt: iso(row.updatedAt) }));
  }

  override async versions(tenant: string, kind: ResourceKind, id: string): Promise<SpecVersion[]> {
    const rows = await this.database.query<Omit<SpecVersion, 'changedAt'> & { changedAt: Date }>(VERSIONS, [
      tenant,
      kind.toLowerCase(),
      id,
    ]);
    return rows.map((row) => ({ ...row, changedAt: iso(row.changedAt) }));
  }

  override async export(tenant: string): Promise<Resource[]> {
    const rows = await this.database.query<{ kind: ResourceKind; spec: AnySpec }>(EXPORT, [tenant]);
    return rows.map(({ kind, spec }) => resourceOf(kind, spec));
  }

  override async tenant(tenant: string): Promise<TenantState> {
    const [row] = await this.database.query<{ paused: boolean }>(TENANT, [tenant]);
    return { tenant, paused: row?.paused ?? false };
  }
}

const WINDOWS = {
  name: 'windows',
  text: `
    SELECT w.name, w.version, w.spec, w.created_at AS "createdAt", w.updated_at AS "updatedAt",
           ARRAY(SELECT p.name FROM update_scheduler.policy_v1 p
                  WHERE p.tenant = $1 AND p.archived_at IS NULL AND p.spec->'windows' ? w.name ORDER BY p.name) AS "usedBy"
      FROM update_scheduler.window_v1 w WHERE w.tenant = $1 AND ($2::text IS NULL OR w.name = $2) ORDER BY w.name`,
};

const VERSIONS = {
  name: 'spec-versions',
  text: `
    SELECT version, name, spec, why, changed_at AS "changedAt", changed_by AS "changedBy"
      -- Specs may be large: as many as 16 MB hold.
      FROM (SELECT *, sum(octet_length(spec::text)) OVER (ORDER BY version DESC ROWS UNBOUNDED PRECEDING) AS bytes
              FROM update_scheduler.spec_version_v1 WHERE tenant = $1 AND kind = $2 AND id = $3 ORDER BY version DESC LIMIT 1000) v
     WHERE coalesce(bytes, 0) < 16000000 ORDER BY version DESC`,
};

// In the order in which they refer to each other.
const EXPORT = {
  name: 'export-resources',
  text: `
    SELECT kind, spec FROM (
      SELECT 1 AS place, 'Group' AS kind, name, spec FROM update_scheduler.device_group_v1 WHERE tenant = $1
      UNION ALL
      SELECT 2, 'Window', name, spec FROM update_scheduler.window_v1 WHERE tenant = $1
      UNION ALL
      SELECT 3, 'Policy', name, spec FROM update_scheduler.policy_v1 WHERE tenant = $1 AND archived_at IS NULL) v
     ORDER BY place, name`,
};

const TENANT = {
  name: 'tenant-state',
  text: `SELECT paused FROM update_scheduler.tenant_state_v1 WHERE tenant = $1`,
};
