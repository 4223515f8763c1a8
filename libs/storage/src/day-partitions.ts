import type { Database } from '@lamplighter/runtime';

const CHECK_VIOLATION = '23514';
const DAY_MS = 86_400_000;

/** A table that is partitioned by UTC day, with a default partition `<table>_default`. */
export interface DayTable {
  schema: string;
  table: string;
  /** The timestamptz that it is partitioned by. */
  column: string;
}

/** UTC day (`2026-11-22`), `ahead` days after `at`. */
export function dayOf(at: Date, ahead = 0): string {
  return new Date(at.getTime() + ahead * DAY_MS).toISOString().slice(0, 10);
}

/** Day partitions of one table of the service's own. Several replicas at once are safe: a lock lets one work. */
export class DayPartitions {
  private readonly db: Database;
  private readonly of: DayTable;

  constructor(db: Database, of: DayTable) {
    this.db = db;
    this.of = of;
  }

  /** Makes the partition of a UTC day where there is none yet. */
  async make(day: string): Promise<void> {
    const { schema, table } = this.of;
    try {
      await this.db.transaction(async (tx) => {
        await tx.query(this.lock);
        await tx.query({ text: 'SELECT public.lamp_make_day_partition($1, $2, $3::date)' }, [schema, table, day]);
      });
    } catch (error) {
      // Rows of that day came before its partition: the whole day stays in the default partition, where it works as well.
      if ((error as { code?: string }).code !== CHECK_VIOLATION) throw error;
    }
  }

  /** Drops all days before this one. Returns how many partitions went. */
  async dropBefore(day: string): Promise<number> {
    const { schema, table, column } = this.of;
    return this.db.transaction(async (tx) => {
      await tx.query(this.lock);
      const old = await tx.query<{ name: string }>(
        {
          text: `
            SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
             WHERE i.inhparent = '${schema}.${table}'::regclass AND c.relname ~ '^${table}_\\d{8}$' AND c.relname < $1`,
        },
        [`${table}_${day.replaceAll('-', '')}`],
      );
      for (const { name } of old) await tx.query({ text: `DROP TABLE ${schema}."${name}"` });
      await tx.query({ text: `DELETE FROM ${schema}.${table}_default WHERE ${column} < $1::date` }, [day]);
      return old.length;
    });
  }

  private get lock(): { text: string } {
    return { text: `SELECT pg_advisory_xact_lock(hashtext('${this.of.schema}.${this.of.table}'))` };
  }
}
