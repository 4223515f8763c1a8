import { randomBytes } from 'node:crypto';
import { parseConfig } from '@lamplighter/runtime';
import { PgDatabase } from '@lamplighter/storage';
import { recordingLog, TestClock, testDatabase, type TestDatabase } from '@lamplighter/testing';
import { config } from '../src/config.ts';
import { PgAuditKeeper } from '../src/out/pg-audit-keeper.ts';
import { KeepAudit } from '../src/steps/keep-audit.ts';

const NOW = '2026-11-20T02:00:00Z';

describe('the audit log', () => {
  let database: TestDatabase;
  let db: PgDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    db = database.as('admin_api');
  });
  beforeEach(async () => {
    await database.admin.query({ text: 'TRUNCATE admin_api.audit' });
  });
  afterAll(() => database.close());

  const entries = (count: number, at: string) =>
    db.query(
      {
        text: `INSERT INTO admin_api.audit (tenant, audit_id, at, actor, action, subject, detail)
               SELECT 't' || id % 3, gen_random_uuid(), $2::timestamptz, 'ops', 'policy.put', id::text, '{}' FROM generate_series(1, $1) AS id`,
      },
      [count, at],
    );
  const left = async (): Promise<number> => {
    const [row] = await db.query<{ count: number }>({ text: 'SELECT count(*) AS count FROM admin_api.audit' });
    return row!.count;
  };
  const keeper = () =>
    new KeepAudit(
      parseConfig('admin-api', config, { LAMP_AUDIT_DAYS: '100', LAMP_SECRET_KEY: randomBytes(32).toString('base64') }),
      new TestClock(NOW),
      new PgAuditKeeper(db),
      recordingLog(),
    );

  it('is kept for its days, of all tenants, and ends in chunks', async () => {
    await entries(2_500, '2026-08-01T00:00:00Z');
    await entries(5, '2026-08-13T00:00:00Z');
    const one = keeper();
    expect([await one.run(), await left()]).toEqual([true, 1_505]);
    while (await one.run());
    expect(await left()).toBe(5);
  });

  it('is ended by several processes at once, each entry by one', async () => {
    await entries(4_000, '2026-08-01T00:00:00Z');
    const all = async (): Promise<void> => {
      const one = keeper();
      while (await one.run());
    };
    await Promise.all([all(), all(), all()]);
    while (await keeper().run());
    expect(await left()).toBe(0);
  });
});
