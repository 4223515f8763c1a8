import { parseConfig } from '@lamplighter/runtime';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { config } from '../src/config.ts';
import { PgKeepStore } from '../src/out/pg-keep-store.ts';
import { KeepUpdates } from '../src/steps/keep-updates.ts';
import { Night, TENANT } from './night.ts';

const DAY = 24 * 60;

describe('what is kept of finished updates', () => {
  let database: TestDatabase;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    night = await Night.begin(database);
  });
  afterAll(() => database.close());

  const keeper = (one = night, env: Record<string, string> = {}) =>
    new KeepUpdates(
      parseConfig('update-scheduler', config, { LAMP_UPDATE_DAYS: '30', LAMP_VERSION_DAYS: '60', ...env }),
      one.clock,
      one.db,
      new PgKeepStore(),
      one.log,
    );
  const keep = async (): Promise<void> => {
    const one = keeper();
    while (await one.run());
  };
  /** Days pass; each of them is looked after. */
  const days = async (count: number): Promise<void> => {
    night.minutes(count * DAY);
    await keep();
    night.minutes(DAY + 1);
    await keep();
  };
  const rows = async (table: string, what = '*'): Promise<unknown[]> =>
    night.db.query({ text: `SELECT ${what} FROM update_scheduler.${table}` });
  const updates = () =>
    night.db.query<{ id: string; version: number }>({
      text: `SELECT u.device_id AS id, r.policy_version AS version FROM update_scheduler.device_update u
               JOIN update_scheduler.rollout r USING (tenant, rollout_id) ORDER BY 1, 2`,
    });
  const totals = async (
    version: number,
  ): Promise<{ totals: { state: string; devices: number }[] | null; removed: number }> => {
    const [row] = await night.db.query<Awaited<ReturnType<typeof totals>>>(
      { text: `SELECT totals, removed FROM update_scheduler.rollout WHERE policy_version = $1` },
      [version],
    );
    return row!;
  };

  /** One night of version 1 for all devices. */
  const firstNight = async (...ids: string[]): Promise<string> => {
    await night.devices(...ids.map((id) => ({ id })));
    const { policyId } = await night.policy();
    await night.start();
    await night.db.query({ text: `UPDATE update_scheduler.device_update SET state = 'installed', step = ''` });
    night.minutes(DAY);
    await night.closeWindow.run();
    return policyId;
  };
  /** The policy has a newer version, whose night these devices have had too. */
  const secondNight = async (policyId: string, gone: string[] = []): Promise<void> => {
    await night.database.admin.query(
      { text: `UPDATE status_ingestion.device SET enrolled = false WHERE device_id = ANY($1)` },
      [gone],
    );
    await night.policy({ description: 'once more' } as never, policyId);
    await night.start();
    night.minutes(DAY);
    await night.closeWindow.run();
  };

  it('counts a rollout that is over, and removes it after its days with windows and waves', async () => {
    const policyId = await firstNight('a', 'b');
    await secondNight(policyId);
    await keep();
    expect((await totals(1)).totals).toEqual([
      { state: 'installed', reason: null, platform: 'iOS', devices: 2, commanded: 0, released: 2 },
    ]);
    expect((await totals(2)).totals).toBeNull();
    expect(await updates()).toHaveLength(4);

    await days(31);
    await days(1);
    expect(await updates()).toEqual([
      { id: 'a', version: 2 },
      { id: 'b', version: 2 },
    ]);
    expect(await rows('rollout', 'policy_version')).toEqual([{ policy_version: 2 }]);
    expect(await rows('occurrence', 'state')).toEqual([{ state: 'closed' }]);
    expect(await rows('wave', 'devices')).toEqual([{ devices: 2 }]);
  });

  it('keeps the newest update of each device, and the rollout with the totals of all until it goes', async () => {
    const policyId = await firstNight('a', 'gone');
    await secondNight(policyId, ['gone']);
    await days(31);
    expect(await updates()).toEqual([
      { id: 'a', version: 2 },
      { id: 'gone', version: 1 },
    ]);
    expect(await totals(1)).toMatchObject({ totals: [{ state: 'installed', devices: 2 }], removed: 1 });
  });

  it("keeps a policy's own version however old its rollout is, and its windows as long as a device names them", async () => {
    await firstNight('a');
    await days(400);
    await days(1);
    expect(await updates()).toEqual([{ id: 'a', version: 1 }]);
    expect(await rows('occurrence')).toHaveLength(1);
    expect(await rows('spec_version')).toHaveLength(1);
  });

  it('keeps what moved lately, and what waits for a time that its device was told', async () => {
    const policyId = await firstNight('late', 'told', 'quiet');
    await secondNight(policyId);
    night.minutes(40 * DAY);
    await night.db.query(
      {
        text: `UPDATE update_scheduler.device_update u SET updated_at = CASE WHEN r.policy_version = 1 THEN $1::timestamptz - interval '1 day' ELSE $1 END
                 FROM update_scheduler.rollout r WHERE r.rollout_id = u.rollout_id AND u.device_id = 'late'`,
      },
      [night.clock.now()],
    );
    await night.db.query({ text: `UPDATE update_scheduler.device_update SET due_at = $1 WHERE device_id = 'told'` }, [
      new Date(night.clock.now().getTime() + 90 * DAY * 60_000),
    ]);
    await keep();
    expect((await updates()).filter(({ version }) => version === 1).map(({ id }) => id)).toEqual(['late', 'told']);
  });

  it('removes all of a policy that is gone long ago, but for the last update of its devices', async () => {
    await firstNight('a');
    await night.applyResources.run({
      tenant: TENANT,
      by: 'me',
      dryRun: false,
      abort: true,
      prune: [],
      resources: [],
      remove: [{ kind: 'Policy', name: 'nightly' }],
    });
    await night.controlRollout.endAborted();
    await days(90);
    await days(1);
    expect(await updates()).toEqual([{ id: 'a', version: 1 }]);
    expect(await rows('policy')).toHaveLength(1);
    await night.db.query({ text: 'DELETE FROM update_scheduler.device_update' });
    await days(1);
    await days(1);
    expect(await rows('rollout')).toEqual([]);
    await days(60);
    await days(1);
    expect([await rows('policy'), await rows('spec_version'), await rows('occurrence')]).toEqual([[], [], []]);
  });

  it('removes former versions that no rollout has, and goes on counting them', async () => {
    const { policyId } = await night.policy();
    for (const precedence of [1, 2, 3]) await night.policy({ precedence }, policyId);
    await days(61);
    expect(await rows('spec_version', 'version')).toEqual([{ version: 4 }]);
    expect((await night.policy({ precedence: 4 }, policyId)).version).toBe(5);
  });

  it('is shared by any number of schedulers, each row removed and each rollout counted once', async () => {
    const policyId = await firstNight('a', 'b', 'c');
    await secondNight(policyId);
    night.minutes(31 * DAY);
    const one = keeper();
    const other = keeper(new Night(database, night.clock));
    const through = async (each: KeepUpdates): Promise<void> => {
      while (await each.run());
    };
    await Promise.all([through(one), through(other)]);
    expect(await totals(1)).toMatchObject({ totals: [{ devices: 3 }], removed: 3 });
    expect(await updates()).toHaveLength(3);
  });
});
