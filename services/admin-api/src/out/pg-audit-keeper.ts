import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { AuditKeeper } from '../ports/audit.ts';

@Injectable()
export class PgAuditKeeper extends AuditKeeper {
  constructor(private readonly db: Database) {
    super();
  }

  override async removeBefore(before: Date, limit: number): Promise<number> {
    const rows = await this.db.query(REMOVE, [before, limit]);
    return rows.length;
  }
}

// Plan: a range of audit_old, then each row by its place.
const REMOVE = {
  name: 'audit-remove',
  text: `
    WITH old AS MATERIALIZED (
      SELECT ctid AS place FROM admin_api.audit WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
    )
    DELETE FROM admin_api.audit a USING old WHERE a.ctid = old.place RETURNING a.audit_id`,
};
