import type { PgDatabase } from '@lamplighter/storage';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { PgRolloutViews } from '../src/out/pg-rollout-views.ts';

const POLICY = '6f1c1f5e-0000-8000-8000-000000000001';
const OLD = '6f1c1f5e-0000-8000-8000-000000000002';
const LIVE = '6f1c1f5e-0000-8000-8000-000000000003';
const NOW = new Date('2026-11-20T03:00:00Z');
const LATER = new Date('2026-11-20T03:00:01Z');

describe('the counts of rollouts', () => {
  let database: TestDatabase;
  let db: PgDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    db = database.as('admin_api');
  });
  beforeEach(async () => {
    await database.admin.query({
      text: `TRUNCATE update_scheduler.policy, update_scheduler.rollout, update_scheduler.device_update;
        INSERT INTO update_scheduler.policy (tenant, policy_id, name, version, spec, created_at, updated_at)
          VALUES ('default', '${POLICY}', 'nightly', 2, '{}', now(), now());
        INSERT INTO update_scheduler.rollout (tenant, rollout_id, policy_id, policy_version, state, created_at, spec, totals, totals_at, removed) VALUES
          ('default', '${OLD}', '${POLICY}', 1, 'running', '2026-08-01T02:00Z', '{}',
           '[{"state": "installed", "reason": null, "platform": "iOS", "devices": 900000, "commanded": 900000, "released": 900000},
             {"state": "failed", "reason": "install-failed", "platform": "macOS", "devices": 100000, "commanded": 0, "released": 100000}]',
           '2026-11-01T02:00Z', 999999),
          ('default', '${LIVE}', '${POLICY}', 2, 'running', '2026-11-20T02:00Z', '{}', NULL, NULL, 0)`,
    });
    await devices(OLD, 'D1', 'installed');
    await devices(LIVE, 'D1', 'installed');
    await devices(LIVE, 'D2', 'failed');
    await devices(LIVE, 'D3', 'planned');
  });
  afterAll(() => database.close());

  const devices = (rolloutId: string, deviceId: string, state: string) =>
    database.admin.query(
      {
        text: `INSERT INTO update_scheduler.device_update (tenant, rollout_id, device_id, occurrence_id, wave, state, platform, lane,
                      target_version, target_build, stops_at, updated_at)
               VALUES ('default', $1, $2, gen_random_uuid(), 0, $3, 'iOS', 'mdm', '26.6', '23U67', now(), now())`,
      },
      [rolloutId, deviceId, state],
    );

  it('are those that were kept where it is over, else those of now', async () => {
    expect(await new PgRolloutViews(db).list('default', undefined, NOW)).toMatchObject([
      { rolloutId: LIVE, devices: 3, installed: 1, failed: 1, countedAt: NOW.toISOString(), removed: 0 },
      {
        rolloutId: OLD,
        devices: 1_000_000,
        installed: 900_000,
        failed: 100_000,
        countedAt: '2026-11-01T02:00:00.000Z',
      },
    ]);
  });

  it('are counted once for all who ask within two seconds, and again by another process', async () => {
    const views = new PgRolloutViews(db);
    const [one, other] = await Promise.all([NOW, LATER].map((now) => views.list('default', POLICY, now)));
    expect(one).toEqual(other);
    await devices(LIVE, 'D4', 'planned');
    expect((await new PgRolloutViews(db).list('default', POLICY, LATER))[0]).toMatchObject({ devices: 4 });
  });

  it('are asked for again after a failure', async () => {
    let isDown = true;
    const failing = Object.assign(Object.create(db) as PgDatabase, {
      query: (statement: { name?: string; text: string }, values?: unknown[]) =>
        isDown && statement.name === 'rollouts-counted'
          ? Promise.reject(new Error('the database went away'))
          : db.query(statement, values),
    });
    const views = new PgRolloutViews(failing);
    await expect(views.list('default', undefined, NOW)).rejects.toThrow('went away');
    isDown = false;
    expect((await views.list('default', undefined, NOW))[0]).toMatchObject({ devices: 3 });
  });

  it('stand when the devices themselves have gone', async () => {
    expect(await new PgRolloutViews(db).find('default', OLD, NOW)).toMatchObject({
      devices: 1_000_000,
      states: { installed: 900_000, failed: 100_000 },
      reasons: [{ state: 'failed', reason: 'install-failed', devices: 100_000 }],
      platforms: [
        { platform: 'iOS', devices: 900_000, installed: 900_000 },
        { platform: 'macOS', devices: 100_000, installed: 0 },
      ],
      progress: { released: 1_000_000, commanded: 900_000, settled: 1_000_000, perMinute: null },
      removed: 999_999,
    });
    expect(await new PgRolloutViews(db).find('default', LIVE, NOW)).toMatchObject({
      devices: 3,
      states: { planned: 1 },
    });
  });
});
