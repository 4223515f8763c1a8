import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { PushDays } from '../ports.ts';

const CHECK_VIOLATION = '23514';
const LOCK = "SELECT pg_advisory_xact_lock(hashtext('apns_push.push'))";
const DAYS = `
SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
 WHERE i.inhparent = 'apns_push.push'::regclass AND c.relname ~ '^push_\\d{8}$' AND c.relname < $1`;

@Injectable()
export class PgPushDays extends PushDays {
  constructor(private readonly db: Database) {
    super();
  }

  override async make(day: string): Promise<void> {
    try {
      await this.db.transaction(async (tx) => {
        await tx.query({ text: LOCK });
        await tx.query({ text: "SELECT public.lamp_make_day_partition('apns_push', 'push', $1::date)" }, [day]);
      });
    } catch (error) {
      // Rows of that day came before its partition: the whole day stays in the default partition, where it works as well.
      if ((error as { code?: string }).code !== CHECK_VIOLATION) throw error;
    }
  }

  override async dropBefore(day: string): Promise<number> {
    return this.db.transaction(async (tx) => {
      await tx.query({ text: LOCK });
      const old = await tx.query<{ name: string }>({ text: DAYS }, [`push_${day.replaceAll('-', '')}`]);
      for (const { name } of old) await tx.query({ text: `DROP TABLE apns_push."${name}"` });
      await tx.query({ text: 'DELETE FROM apns_push.push_default WHERE at < $1::date' }, [day]);
      return old.length;
    });
  }
}
