import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { Night, TENANT } from './night.ts';

const COUNT = 2_300;

describe('the end of many updates', () => {
  let database: TestDatabase;
  let night: Night;
  /** Where each look at the rollout's rows began, and how many rows it brought. */
  let looks: { after: string; found: number }[];
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    night = await Night.begin(database);
    looks = [];
    const { updates } = night;
    const look = updates.inStates.bind(updates);
    updates.inStates = async (tx, of, ...rest) => {
      const found = await look(tx, of, ...rest);
      looks.push({ after: of.after ?? 'from the start', found: found.length });
      return found;
    };
    await database.admin.query(
      {
        text: `INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, product_name, os_version, os_version_key,
                      is_supervised, updated_at)
               SELECT $1, 'D' || lpad(id::text, 5, '0'), true, 1, 'iOS', 'iPhone15,2', '18.1', 18001000, true, $2 FROM generate_series(1, $3) AS id`,
      },
      [TENANT, night.clock.now(), COUNT],
    );
    await night.policy();
    await night.openAndPlan();
  });
  afterAll(() => database.close());

  const counts = () =>
    night.db.query({
      text: `SELECT state, reason, count(*) AS devices FROM update_scheduler.device_update GROUP BY 1, 2 ORDER BY 1, 2`,
    });

  it('of an aborted rollout goes through its rows page by page, and ends when a whole round finds none', async () => {
    const [{ rolloutId } = { rolloutId: '' }] = await night.occurrences();
    await night.controlRollout.run({ tenant: TENANT, rolloutId, action: 'abort' });
    await night.controlRollout.endAborted();
    expect(await counts()).toEqual([{ state: 'failed', reason: 'aborted', devices: COUNT }]);
    expect(looks).toEqual([
      { after: '', found: 1_000 },
      { after: 'D01000', found: 1_000 },
      { after: 'D02000', found: 300 },
      { after: '', found: 0 },
      { after: '', found: 0 },
      { after: '', found: 0 },
    ]);
    looks.length = 0;
    await night.controlRollout.endAborted();
    expect(looks).toEqual([]);
  });

  it('of a window that closes goes through them page by page', async () => {
    night.minutes(24 * 60);
    await night.closeWindow.run();
    expect(await counts()).toEqual([{ state: 'waiting', reason: 'window-closed', devices: COUNT }]);
    expect(looks.map(({ after }) => after)).toEqual(['', 'D01000', 'D02000']);
  });
});
