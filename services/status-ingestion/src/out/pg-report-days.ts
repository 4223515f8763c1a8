import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { ReportDays } from '../ports.ts';

const CHECK_VIOLATION = '23514';
const LOCK = "SELECT pg_advisory_xact_lock(hashtext('status_ingestion.report'))";
const DAYS = `
SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
 WHERE i.inhparent = 'status_ingestion.report'::regclass AND c.relname ~ '^report_\\d{8}$' AND c.relname < $1`;

@Injectable()
export class PgReportDays extends ReportDays {
  constructor(private readonly db: Database) {
    super();
  }

  override async make(day: string): Promise<void> {
    try {
      await this.db.transaction(async (tx) => {
        await tx.query({ text: LOCK });
        await tx.query({ text: "SELECT public.lamp_make_day_partition('status_ingestion', 'report', $1::date)" }, [
          day,
        ]);
      });
    } catch (error) {
      // Rows of that day came before its partition: the whole day stays in the default partition, where it works as well.
      if ((error as { code?: string }).code !== CHECK_VIOLATION) throw error;
    }
  }

  override async dropBefore(day: string): Promise<number> {
    return this.db.transaction(async (tx) => {
      await tx.query({ text: LOCK });
      const old = await tx.query<{ name: string }>({ text: DAYS }, [`report_${day.replaceAll('-', '')}`]);
      for (const { name } of old) await tx.query({ text: `DROP TABLE status_ingestion."${name}"` });
      await tx.query({ text: 'DELETE FROM status_ingestion.report_default WHERE at < $1::date' }, [day]);
      return old.length;
    });
  }
}
