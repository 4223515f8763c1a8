import type { Device } from '@lamplighter/fleet-sim';
import { waitFor } from '@lamplighter/testing';
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

/** As many looks in a row at which nothing is new: longer than messages are gathered before they are handled. */
const LOOKS_AT_REST = 10;

/** Resolves when what devices began has come to its end: none talks or is about to, no command waits, and nothing more is written. */
export async function atRest(world: World): Promise<void> {
  let [last, same] = ['', 0];
  const look = async (): Promise<boolean> => {
    const { rows } = await world.database.query('SELECT FROM command_queue.command LIMIT 1');
    const content = JSON.stringify(await contentOf(world));
    same = content === last && rows.length === 0 && [...world.fleet.devices()].every(isQuiet) ? same + 1 : 0;
    last = content;
    return same >= LOOKS_AT_REST;
  };
  await waitFor('all to come to rest', look, 90_000);
}

function isQuiet({ busy, ddm, user }: Device): boolean {
  return (
    !busy &&
    [ddm, user?.ddm].every((one) => (one?.syncAt ?? Infinity) === Infinity && (one?.reportAt ?? Infinity) === Infinity)
  );
}
