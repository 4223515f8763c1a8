import type { World } from './world.ts';

/** Moved by every look that is taken, and by nothing that is refused. */
const LOOKS = ['last_seen_at', 'last_used_at'];

interface Table {
  readonly name: string;
}

/** Rows and a digest of every table of every service: two are equal exactly when nothing was written in between. */
export async function contentOf({ database }: World): Promise<Record<string, string>> {
  const { rows } = await database.query<Table>(`
    SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname IN
           ('command_queue', 'apns_push', 'status_ingestion', 'update_scheduler', 'ddm', 'admin_api')
     ORDER BY 1`);
  const content: Record<string, string> = {};
  for (const { name } of rows) {
    const row = `(to_jsonb(t) - '{${LOOKS.join(',')}}'::text[])::text`;
    const sql = `SELECT count(*) || ' rows ' || md5(coalesce(string_agg(${row}, ' ' ORDER BY ${row}), '')) AS sum FROM ${name} t`;
    content[name] = (await database.query<{ sum: string }>(sql)).rows[0]!.sum;
  }
  return content;
}
