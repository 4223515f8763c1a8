import { GroupSpec } from '@lamplighter/contracts';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { PgAssignmentStore } from '../src/out/pg-assignment-store.ts';
import { PgOutlookStore } from '../src/out/pg-outlook-store.ts';
import { parseConfig } from '@lamplighter/runtime';
import { config } from '../src/config.ts';
import { ExplainAssignment } from '../src/steps/explain-assignment.ts';
import { ForecastPolicy } from '../src/steps/forecast-policy.ts';
import { LookAhead } from '../src/steps/look-ahead.ts';
import { Night, TENANT } from './night.ts';

describe('the outlook of a device', () => {
  let database: TestDatabase;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    night = await Night.begin(database);
  });
  afterAll(() => database.close());

  const outlook = async (deviceId: string) => {
    const assignments = new PgAssignmentStore(night.db);
    const explain = new ExplainAssignment(night.clock, night.db, assignments);
    const ahead = new LookAhead(night.clock, explain, assignments, new PgOutlookStore(night.db));
    return (await ahead.run({ tenant: TENANT, deviceId })).outlook;
  };

  it('is null where no policy takes it in', async () => {
    await night.devices({ id: 'mac', platform: 'macOS' });
    await night.policy({ platforms: ['iOS'] });
    expect(await outlook('mac')).toBeNull();
  });

  it('names target and next window in the zone of the device, before anything is planned', async () => {
    await night.devices({ id: 'phone', zone: 'Asia/Tokyo' });
    await night.policy();
    expect(await outlook('phone')).toMatchObject({
      policyName: 'nightly',
      rolloutId: null,
      heldBy: null,
      reason: null,
      target: { version: '26.6', build: '23U67' },
      // 02:00 in Tokyo has been.
      window: {
        window: '#1',
        zone: 'Asia/Tokyo',
        localDate: '2026-11-21',
        opensAt: '2026-11-20T17:00:00.000Z',
        isOpen: false,
      },
    });
  });

  it('passes blackouts over and names them, and knows a window that is open', async () => {
    await night.devices({ id: 'phone' });
    const { policyId } = await night.policy();
    expect((await outlook('phone'))?.window).toMatchObject({ isOpen: true, stopsAt: '2026-11-20T05:30:00.000Z' });
    await database.admin.query({ text: `UPDATE update_scheduler.policy SET spec = spec || $2 WHERE policy_id = $1` }, [
      policyId,
      JSON.stringify({ blackouts: [{ from: '2026-11-20', to: '2026-11-23', why: 'exams' }] }),
    ]);
    expect((await outlook('phone'))?.window).toMatchObject({
      localDate: '2026-11-24',
      isOpen: false,
      blackout: { why: 'exams' },
    });
  });

  it.each([
    ['already-at-target', { os: '26.6' }],
    ['not-supervised', { supervised: false }],
    ['facts-missing', { os: null }],
    ['no-release', { model: 'iPhone1,1' }],
  ])('judges as a plan does: %s', async (reason, facts) => {
    await night.devices({ id: 'phone', ...facts });
    await night.policy();
    expect(await outlook('phone')).toMatchObject({ reason });
  });

  it('knows the ring and its day before the first window', async () => {
    await night.devices({ id: 'phone' });
    const pilots = GroupSpec.parse({ name: 'pilots', devices: ['another'] });
    await database.admin.query(
      { text: `INSERT INTO update_scheduler.device_group VALUES ($1, $2, 1, $3, now(), now())` },
      [TENANT, pilots.name, JSON.stringify(pilots)],
    );
    await night.policy({
      rings: [
        { name: 'pilot', groups: ['pilots'] },
        { name: 'all', afterDays: 3 },
      ],
    });
    expect(await outlook('phone')).toMatchObject({
      reason: 'ring-not-reached',
      ring: { name: 'all', state: 'waiting', opensOn: '2026-11-23' },
    });
  });

  it('says what holds everybody: the policy, its rollout or the tenant', async () => {
    await night.devices({ id: 'phone' });
    await night.policy();
    await night.start();
    const [{ rolloutId } = { rolloutId: '' }] = await night.occurrences();
    await night.controlRollout.run({ tenant: TENANT, rolloutId, action: 'pause' });
    expect(await outlook('phone')).toMatchObject({ heldBy: 'rollout-paused', rolloutId });
    await database.admin.query({ text: 'UPDATE update_scheduler.policy SET paused = true' });
    expect(await outlook('phone')).toMatchObject({ heldBy: 'policy-paused' });
    await database.admin.query({
      text: `INSERT INTO update_scheduler.tenant_state VALUES ('default', true, now()) ON CONFLICT (tenant) DO UPDATE SET paused = true`,
    });
    expect(await outlook('phone')).toMatchObject({ heldBy: 'tenant-paused' });
  });

  it('of a whole policy is a forecast: devices of each zone, and why the others are left out', async () => {
    await night.devices(
      { id: 'tokyo-1', zone: 'Asia/Tokyo' },
      { id: 'tokyo-2', zone: 'Asia/Tokyo', supervised: false },
      { id: 'zurich', zone: 'Europe/Zurich' },
      { id: 'mac', platform: 'macOS', os: '26.6.2' },
    );
    const { policyId } = await night.policy();
    const settings = parseConfig('update-scheduler', config, {});
    const forecast = new ForecastPolicy(settings, night.clock, new PgOutlookStore(night.db));
    const told = await forecast.run({ tenant: TENANT, policyId });
    expect(told).toMatchObject({ policyName: 'nightly', heldBy: null, devices: 2, fits: true, warnings: [] });
    expect(told.windows.map(({ zone, isOpen, devices }) => [zone, isOpen, devices])).toEqual([
      ['Europe/Zurich', true, 1],
      ['Asia/Tokyo', false, 1],
    ]);
    expect(told.skipped).toEqual(
      expect.arrayContaining([
        { reason: 'not-supervised', devices: 1 },
        { reason: 'already-at-target', devices: 1 },
      ]),
    );
    await expect(forecast.run({ tenant: 'other', policyId })).rejects.toMatchObject({ code: 'policy.not-found' });
  });
});
