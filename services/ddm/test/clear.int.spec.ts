import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLog, testDatabase, TestClock, type TestDatabase } from '@lamplighter/testing';
import { PgTurns } from '../src/out/pg-declaration-store.ts';
import { PgGroupSetStore } from '../src/out/pg-group-set-store.ts';
import { PgManifestStore } from '../src/out/pg-manifest-store.ts';
import { ClearUnused } from '../src/steps/clear-unused.ts';

const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;

describe('what no device has any more', () => {
  let database: TestDatabase;
  let clearUnused: ClearUnused;
  beforeAll(async () => {
    database = await testDatabase();
    const db = database.as('ddm');
    const clock = new TestClock('2026-11-20T02:00:00Z');
    clearUnused = new ClearUnused(db, new PgTurns(), new PgManifestStore(db), new PgGroupSetStore(), clock, silentLog);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.admin.query({
      text: 'TRUNCATE ddm.assignment, ddm.capabilities, ddm.device, ddm.manifest, ddm.manifest_set, ddm.declaration_set',
    });
    await database.admin.query({
      text: `INSERT INTO ddm.declaration_set (tenant, set_id, name, created_at) VALUES ('default', '${id(9)}', 'kept', '2026-01-01')`,
    });
  });

  it('is forgotten after two days, however many devices it was withdrawn from; what they have stays', async () => {
    await database.admin.query({
      text: `INSERT INTO ddm.assignment (tenant, device_id, cause, set_id, sent_at)
             SELECT 'default', 'd' || n, 'gone', NULL::uuid, '2026-11-17'::timestamptz FROM generate_series(1, 25000) n
              UNION ALL SELECT 'default', 'd1', 'new', NULL, '2026-11-19'
              UNION ALL SELECT 'default', 'd1', 'held', '${id(9)}'::uuid, '2026-01-01'
              UNION ALL SELECT 'other', 'd1', 'other', NULL, '2026-11-17'`,
    });
    await clearUnused.run();
    const left = await database.admin.query<{ cause: string }>({ text: 'SELECT cause FROM ddm.assignment ORDER BY 1' });
    expect(left.map(({ cause }) => cause)).toEqual(['held', 'new', 'other']);
  });

  it('goes a page at a time', async () => {
    const manifests = new PgManifestStore(database.as('ddm'));
    await database.admin.query({
      text: `INSERT INTO ddm.manifest (tenant, manifest_id, set_ids, declarations_token, tokens_document, items_document, left_out, changed_at)
             SELECT 'default', ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, '{}', 't', '{}', '{}', '{}', '2026-11-01'
               FROM generate_series(1, 25) n`,
    });
    const before = new Date('2026-11-18T00:00:00Z');
    const page = () => database.as('ddm').transaction((tx) => manifests.clear(tx, 'default', before, 10));
    const left = async () =>
      (await database.admin.query<{ n: number }>({ text: 'SELECT count(*)::int AS n FROM ddm.manifest' }))[0]!.n;
    expect([await page(), await left()]).toEqual([true, 15]);
    expect([await page(), await left()]).toEqual([true, 5]);
    expect([await page(), await left()]).toEqual([false, 0]);
  });

  it('is taken from what devices said that they can take, but for that of a manifest', async () => {
    await database.admin.query({
      text: `INSERT INTO ddm.capabilities (tenant, capabilities_id, declarations, status_items)
             SELECT 'default', c::uuid, '{}', '{}' FROM unnest(ARRAY['${id(1)}', '${id(2)}', '${id(3)}']) AS c`,
    });
    await database.admin.query({
      text: `INSERT INTO ddm.device (tenant, device_id, capabilities_id) VALUES ('default', 'a', '${id(1)}'), ('default', 'b', NULL)`,
    });
    await database.admin.query({
      text: `INSERT INTO ddm.manifest (tenant, manifest_id, set_ids, capabilities_id, declarations_token, tokens_document, items_document, left_out, changed_at)
             VALUES ('default', '${id(8)}', '{}', '${id(2)}', 't', '{}', '{}', '{}', '2026-11-20')`,
    });
    await clearUnused.run();
    const left = await database.admin.query<{ id: string }>({
      text: 'SELECT capabilities_id AS id FROM ddm.capabilities ORDER BY 1',
    });
    expect(left.map((one) => one.id)).toEqual([id(1), id(2)]);
  });

  it('is forgotten of each tenant, also where it cannot be of another one', async () => {
    await database.admin.query({
      text: `CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               IF OLD.tenant = 'default' THEN RAISE 'refused'; END IF; RETURN OLD; END $$;
             CREATE TRIGGER refuse BEFORE DELETE ON ddm.assignment FOR EACH ROW EXECUTE FUNCTION public.refuse();
             INSERT INTO ddm.capabilities (tenant, capabilities_id, declarations, status_items) VALUES ('other', '${id(1)}', '{}', '{}');
             INSERT INTO ddm.assignment (tenant, device_id, cause, set_id, sent_at)
             SELECT tenant, 'd1', 'gone', NULL, '2026-11-17' FROM unnest(ARRAY['default', 'other']) AS tenant`,
    });
    await clearUnused.run();
    const left = await database.admin.query({ text: 'SELECT tenant FROM ddm.assignment' });
    await database.admin.query({ text: 'DROP TRIGGER refuse ON ddm.assignment' });
    expect(left).toEqual([{ tenant: 'default' }]);
  });
});
