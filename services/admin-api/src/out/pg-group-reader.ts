import type { GroupView } from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { GroupReader } from '../ports/resources.ts';
import { iso } from './rows.ts';

type GroupRow = Omit<GroupView, 'createdAt' | 'updatedAt'> & { createdAt: Date; updatedAt: Date };

@Injectable()
export class PgGroupReader extends GroupReader {
  constructor(private readonly database: Database) {
    super();
  }

  override list(tenant: string): Promise<GroupView[]> {
    return this.read(tenant, null);
  }

  override async find(tenant: string, name: string): Promise<GroupView | undefined> {
    return (await this.read(tenant, name))[0];
  }

  private async read(tenant: string, name: string | null): Promise<GroupView[]> {
    const rows = await this.database.query<GroupRow>(GROUPS, [tenant, name]);
    return rows.map((row) => ({ ...row, createdAt: iso(row.createdAt), updatedAt: iso(row.updatedAt) }));
  }
}

const GROUPS = {
  name: 'groups',
  text: `
    SELECT g.name, g.version, g.spec, g.created_at AS "createdAt", g.updated_at AS "updatedAt",
           ARRAY(SELECT p.name FROM update_scheduler.policy_v1 p
                  WHERE p.tenant = $1 AND p.archived_at IS NULL
                    AND (p.spec->'assignment'->'groups' ? g.name OR p.spec->'assignment'->'excludedGroups' ? g.name
                      OR EXISTS (SELECT FROM jsonb_array_elements(p.spec->'rings') ring WHERE ring->'groups' ? g.name))
                  ORDER BY p.name) AS "usedBy"
      FROM update_scheduler.device_group_v1 g
     WHERE g.tenant = $1 AND ($2::text IS NULL OR g.name = $2) ORDER BY g.name`,
};
