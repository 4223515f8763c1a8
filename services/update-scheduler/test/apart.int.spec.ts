import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type PolicyInput, PolicySpec } from '@lamplighter/contracts';
import { parseConfig } from '@lamplighter/runtime';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { config } from '../src/config.ts';
import { PgKeepStore } from '../src/out/pg-keep-store.ts';
import { KeepUpdates } from '../src/steps/keep-updates.ts';
import { Night, TENANT } from './night.ts';

const OTHER = 'other';
const TENANTS = [TENANT, OTHER];
const DAY = 24 * 60;
/** What the steps write. */
const TABLES = ['rollout', 'occurrence', 'ring', 'device_update', 'wave', 'outbox'];

/** Rows of the first tenant cannot be written: its turn comes first, and fails. */
describe('a tenant whose rows cannot be written keeps the other one from nothing:', () => {
  let database: TestDatabase;
  let night: Night;
  let policyIds: string[];
  const query = <R>(text: string, values: unknown[] = []) => database.admin.query<R>({ text }, values);

  beforeAll(async () => {
    database = await testDatabase();
    await query(`CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF to_jsonb(NEW)->>'tenant' = '${TENANT}' OR to_jsonb(NEW)->>'subject' LIKE '%.${TENANT}.%' THEN RAISE 'a row of % is refused', TG_TABLE_NAME; END IF;
      RETURN NEW; END $$`);
    for (const table of TABLES)
      await query(
        `CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON update_scheduler.${table} FOR EACH ROW EXECUTE FUNCTION public.refuse()`,
      );
  });
  beforeEach(async () => {
    await refuse(false);
    night = await Night.begin(database);
    await night.devices({ id: 'd1' }, { id: 'd2' });
  });
  afterEach(() => refuse(false));
  afterAll(() => database.close());

  const refuse = async (does: boolean): Promise<void> => {
    for (const table of TABLES)
      await query(`ALTER TABLE update_scheduler.${table} ${does ? 'ENABLE' : 'DISABLE'} TRIGGER refuse`);
  };
  const begin = async (input: Partial<PolicyInput> = {}, isDeclaring = false): Promise<void> => {
    if (isDeclaring) await night.declaring(true, 'd1', 'd2');
    for (const table of ['device', 'device_ddm'])
      await query(`INSERT INTO status_ingestion.${table}
        SELECT (jsonb_populate_record(t, '{"tenant": "${OTHER}"}')).* FROM status_ingestion.${table} t WHERE t.tenant = '${TENANT}'`);
    const spec = PolicySpec.parse({ name: 'nightly', pace: { devicesPerMinute: 60_000, spread: 0 }, ...input });
    const put = TENANTS.map((tenant) => night.putPolicy.run({ tenant, spec }));
    policyIds = (await Promise.all(put)).map(({ policyId }) => policyId);
  };
  const plan = async (): Promise<void> => {
    await night.openWindow.run();
    const open = await query<{ tenant: string; occurrenceId: string }>(
      `SELECT tenant, occurrence_id AS "occurrenceId" FROM update_scheduler.occurrence WHERE state = 'opened' ORDER BY tenant`,
    );
    for (const one of open) await night.planRollout.run(one);
  };
  const start = async (): Promise<void> => {
    await plan();
    while (await night.releaseWave.run());
  };
  const states = async (): Promise<Record<string, string[]>> => {
    const rows = await query<{ tenant: string; states: string[] }>(
      `SELECT tenant, array_agg(DISTINCT concat_ws(': ', state, reason)) AS states FROM update_scheduler.device_update GROUP BY tenant`,
    );
    return Object.fromEntries(rows.map((row) => [row.tenant, row.states]));
  };
  const rollouts = () =>
    query<{ tenant: string; rolloutId: string }>(
      `SELECT tenant, rollout_id AS "rolloutId" FROM update_scheduler.rollout ORDER BY tenant`,
    );
  const errors = () => night.log.lines.filter(({ level }) => level === 'error');

  it('its windows are opened, and the first one’s once that can be', async () => {
    await begin();
    await refuse(true);
    expect(await night.openWindow.run()).toBe(1);
    expect(await night.openWindow.run()).toBe(0);
    expect(errors()).toMatchObject([{ keys: { tenant: TENANT, policyId: policyIds[0], remedy: expect.any(String) } }]);
    await refuse(false);
    expect(await night.openWindow.run()).toBe(1);
    expect((await rollouts()).map(({ tenant }) => tenant)).toEqual(TENANTS);
  });

  it('its waves are released, and the first one’s after a rest', async () => {
    await begin();
    await plan();
    await refuse(true);
    while (await night.releaseWave.run());
    expect(await states()).toEqual({ [TENANT]: ['planned'], [OTHER]: ['scanning'] });
    expect(errors()).toMatchObject([{ keys: { tenant: TENANT, ms: expect.any(Number) } }]);
  });

  it('its rings are judged', async () => {
    await begin({ rings: [{ name: 'half', percent: 50 }, { name: 'all' }] });
    await start();
    await query(`UPDATE update_scheduler.ring SET counted_at = NULL`);
    await refuse(true);
    await night.judgeRings.run();
    const judged = await query<{ tenant: string }>(
      `SELECT DISTINCT tenant FROM update_scheduler.ring WHERE counted_at IS NOT NULL`,
    );
    expect(judged).toEqual([{ tenant: OTHER }]);
  });

  it('its windows are closed', async () => {
    await begin();
    await start();
    night.minutes(DAY);
    await refuse(true);
    await night.closeWindow.run();
    const closed = await query(`SELECT tenant FROM update_scheduler.occurrence WHERE state = 'closed'`);
    expect(closed).toEqual([{ tenant: OTHER }]);
  });

  it('what it told devices is taken back while it is held', async () => {
    await begin({}, true);
    await start();
    for (const tenant of TENANTS) await night.controlPolicy.tenant({ tenant, action: 'pause' });
    await refuse(true);
    await night.holdBack.run();
    expect(await states()).toEqual({ [TENANT]: ['commanded: waiting-for-its-time'], [OTHER]: ['waiting: paused'] });
  });

  it('what it told devices that its policy has no more is taken back', async () => {
    await begin({}, true);
    await start();
    await query(`UPDATE update_scheduler.policy SET spec = spec || '{"assignment": {"devices": ["nobody"]}}'`);
    await refuse(true);
    await night.recallStrays.run();
    expect((await states())[OTHER]).toEqual(['not-eligible: unassigned']);
  });

  it('its updates by declaration end when they are overdue', async () => {
    await begin({}, true);
    await start();
    night.minutes(10 * DAY);
    await refuse(true);
    await night.endOverdue.run();
    expect(await states()).toEqual({
      [TENANT]: ['commanded: waiting-for-its-time'],
      [OTHER]: [expect.stringContaining('failed')],
    });
  });

  it('the updates of its aborted rollouts end', async () => {
    await begin({}, true);
    await start();
    for (const one of await rollouts()) await night.controlRollout.run({ ...one, action: 'abort' });
    await refuse(true);
    await night.controlRollout.endAborted();
    expect(await states()).toEqual({ [TENANT]: ['commanded: waiting-for-its-time'], [OTHER]: ['failed: aborted'] });
  });

  it('its finished rollouts are gone through', async () => {
    await begin();
    await start();
    night.minutes(DAY);
    await night.closeWindow.run();
    await query(`UPDATE update_scheduler.policy SET version = version + 1`);
    night.minutes(10 * DAY);
    await refuse(true);
    const { clock, db, log } = night;
    const keep = new KeepUpdates(parseConfig('update-scheduler', config, {}), clock, db, new PgKeepStore(), log);
    while (await keep.run());
    const counted = await query(`SELECT tenant FROM update_scheduler.rollout WHERE totals_at IS NOT NULL`);
    expect(counted).toEqual([{ tenant: OTHER }]);
    expect(errors()).toMatchObject([{ keys: { tenant: TENANT, ms: expect.any(Number) } }]);
  });
});
