import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { PgDryRunStore } from '../src/out/pg-dry-run-store.ts';
import { DryRun } from '../src/steps/dry-run.ts';
import { Night, TENANT } from './night.ts';

/** As the first version stored them: no enforcement, rings, installAction, assignment, pollMinutes. */
const OLD = {
  name: 'nightly',
  windows: [{ start: '02:00', lengthMinutes: 240, stopBeforeMinutes: 30, zone: 'device' }],
};

describe('a policy that an older version stored', () => {
  let database: TestDatabase;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    night = await Night.begin(database);
    await night.devices({ id: 'a' }, { id: 'mac', platform: 'macOS', os: '15.1' }, { id: 'declared' });
    await night.declaring(true, 'declared');
    await night.policy();
  });
  afterAll(() => database.close());
  const age = (table: 'policy' | 'rollout') =>
    night.db.query({ text: `UPDATE update_scheduler.${table} SET spec = $1` }, [OLD]);

  it('is opened, planned and sent with the defaults of today', async () => {
    await age('policy');
    await night.openAndPlan();
    await age('rollout');
    while (await night.releaseWave.run());
    expect(await night.states()).toEqual({
      a: 'scanning',
      mac: 'scanning',
      declared: 'commanded: waiting-for-its-time',
    });
  });

  it('goes on with devices that answer', async () => {
    await night.start();
    await age('rollout');
    const next = await night.answer('a', {
      kind: 'available-updates',
      products: [{ productKey: 'k26', version: '26.6', build: '23U67' }],
    });
    expect(next).toBe('ScheduleOSUpdate');
    expect(
      await night.answer('a', { kind: 'schedule-result', results: [{ productKey: 'k26', status: 'Downloading' }] }),
    ).toBe('OSUpdateStatus');
    expect(await night.lastCommand('a')).toMatchObject({ notBefore: '2026-11-20T02:10:00.000Z' });
  });

  it('goes on where it no longer passes the checks of today', async () => {
    const more = JSON.stringify({ pollMinutes: 500, rings: [{ name: 'all', afterDays: 0, from: 'first-ring' }] });
    await age('policy');
    await night.db.query({ text: `UPDATE update_scheduler.policy SET spec = spec || $1` }, [more]);
    await night.start();
    await night.judgeRings.run();
    expect(await night.states()).toEqual({
      a: 'scanning',
      mac: 'scanning',
      declared: 'commanded: waiting-for-its-time',
    });
  });

  it('is asked whether it has a device that another policy takes in', async () => {
    await age('policy');
    const { policyId } = await night.policy({ name: 'later', precedence: 50 });
    const told = await new DryRun(night.clock, new PgDryRunStore(night.db)).run({ tenant: TENANT, policyId });
    expect(told).toMatchObject({ assigned: 3, targeted: 0, reasons: [{ reason: 'other-policy', devices: 3 }] });
  });
});
