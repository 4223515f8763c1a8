import type { Group, GroupSpec } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { GroupStore } from '../assignment-ports.ts';

interface GroupRow extends Omit<Group, 'createdAt' | 'updatedAt'> {
  createdAt: Date;
  updatedAt: Date;
}

@Injectable()
export class PgGroupStore extends GroupStore {
  override async find(tx: Tx, tenant: string, name: string): Promise<Group | undefined> {
    const [row] = await tx.query<GroupRow>(FIND, [tenant, name]);
    return row && groupOf(row);
  }

  override async put(
    tx: Tx,
    tenant: string,
    spec: GroupSpec,
    { at, by }: { at: Date; by: string | undefined },
  ): Promise<Group> {
    const [row] = await tx.query<GroupRow>(PUT, [tenant, spec.name, JSON.stringify(spec), at, by ?? null]);
    return groupOf(row!);
  }

  override async remove(
    tx: Tx,
    tenant: string,
    name: string,
    { at, by }: { at: Date; by: string | undefined },
  ): Promise<void> {
    await tx.query(REMOVE, [tenant, name, at, by ?? null]);
  }

  override async usedBy(tx: Tx, tenant: string, name: string): Promise<string[]> {
    const rows = await tx.query<{ name: string }>(USED_BY, [tenant, name]);
    return rows.map((row) => row.name);
  }
}

function groupOf(row: GroupRow): Group {
  return { ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() };
}

const COLUMNS = `name, version, spec, created_at AS "createdAt", updated_at AS "updatedAt"`;

const FIND = {
  text: `SELECT ${COLUMNS} FROM update_scheduler.device_group WHERE tenant = $1 AND name = $2 FOR UPDATE`,
};

// A name that was removed and comes back goes on counting where it was. Two at the same time: the key of spec_version lets one through.
const PUT = {
  text: `WITH told AS (
           INSERT INTO update_scheduler.spec_version (tenant, kind, id, version, name, spec, changed_at, changed_by)
           SELECT $1, 'group', $2, coalesce(max(version), 0) + 1, $2, $3::jsonb, $4, $5
             FROM update_scheduler.spec_version WHERE tenant = $1 AND kind = 'group' AND id = $2
           RETURNING version)
         INSERT INTO update_scheduler.device_group AS g (tenant, name, version, spec, created_at, updated_at)
         SELECT $1, $2, version, $3::jsonb, $4::timestamptz, $4 FROM told
         ON CONFLICT (tenant, name) DO UPDATE
            SET version = EXCLUDED.version, spec = EXCLUDED.spec, updated_at = EXCLUDED.updated_at
         RETURNING ${COLUMNS}`,
};

const REMOVE = {
  text: `WITH gone AS (
           DELETE FROM update_scheduler.device_group WHERE tenant = $1 AND name = $2 RETURNING version)
         INSERT INTO update_scheduler.spec_version (tenant, kind, id, version, name, spec, changed_at, changed_by)
         SELECT $1, 'group', $2, version + 1, $2, NULL, $3, $4 FROM gone`,
};

const USED_BY = {
  text: `SELECT name FROM update_scheduler.policy
          WHERE tenant = $1 AND archived_at IS NULL
            AND (spec->'assignment'->'groups' ? $2 OR spec->'assignment'->'excludedGroups' ? $2
              OR EXISTS (SELECT FROM jsonb_array_elements(spec->'rings') ring WHERE ring->'groups' ? $2))
          ORDER BY name`,
};
