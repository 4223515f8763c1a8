import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { Night, TENANT } from './night.ts';

describe('opening and planning a window', () => {
  let database: TestDatabase;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    night = await Night.begin(database, { LAMP_PLAN_CHUNK: '3' });
  });
  afterAll(() => database.close());

  /** An open window that two devices are planned in. */
  async function joinable() {
    await night.policy();
    await night.devices({ id: 'A' }, { id: 'B' });
    await night.openAndPlan();
    const [occurrence] = await night.occurrences();
    night.minutes(5);
    return occurrence!;
  }
  const join = async () => {
    const [occurrence] = await night.occurrences();
    const since = new Date(night.clock.now().getTime() - 60_000);
    return night.planRollout.join({ tenant: TENANT, occurrenceId: occurrence!.occurrenceId }, since);
  };

  it('opens once, however many schedulers try', async () => {
    await night.policy();
    await night.devices({ id: 'A' });
    const other = new Night(night.database, night.clock);
    const opened = await Promise.all([night.openWindow.run(), other.openWindow.run(), night.openWindow.run()]);
    expect(opened.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(await night.staged('window.opened')).toHaveLength(1);
  });

  it('opens in each zone at its own time', async () => {
    await night.policy({ windows: [{ start: '02:00', zone: 'device', defaultZone: 'UTC' }] });
    await night.devices(
      { id: 'A', zone: 'Europe/Zurich' },
      { id: 'B', zone: 'America/New_York' },
      { id: 'C' },
      { id: 'D', zone: 'Nowhere/Land' },
    );
    await night.openAndPlan();
    expect((await night.occurrences()).map((one) => [one.zone, one.planned])).toEqual([
      ['Europe/Zurich', 1],
      // With C, whose zone is not known, goes D, whose zone there is not.
      ['UTC', 2],
    ]);
    night.minutes(5 * 60);
    await night.openAndPlan();
    expect((await night.occurrences()).map((one) => one.zone)).toEqual(['Europe/Zurich', 'UTC', 'America/New_York']);
  });

  it('does not open a window that no longer sends', async () => {
    await night.policy({ windows: [{ start: '00:00', lengthMinutes: 130, stopBeforeMinutes: 10 }] });
    expect(await night.openWindow.run()).toBe(0);
  });

  it('opens each of several windows once a night, and what is changed meanwhile not again', async () => {
    const windows = [
      { start: '01:00', lengthMinutes: 100, stopBeforeMinutes: 0, zone: 'UTC' as const },
      { start: '02:40', lengthMinutes: 90, zone: 'UTC' as const },
    ];
    const { policyId } = await night.policy({ windows });
    await night.devices({ id: 'A' });
    expect([await night.openWindow.run(), await night.openWindow.run()]).toEqual([1, 0]);
    night.minutes(60);
    expect([await night.openWindow.run(), await night.openWindow.run()]).toEqual([1, 0]);
    await night.policy({ windows: [windows[0]!, { ...windows[1]!, lengthMinutes: 300 }] }, policyId);
    expect(await night.openWindow.run()).toBe(0);
  });

  it('opens whatever else there is where a policy or a device has a zone that no window can be computed in', async () => {
    const { policyId } = await night.policy();
    await night.policy({ name: 'other', windows: [{ zone: 'UTC' }] });
    await night.devices({ id: 'A', zone: 'PST' });
    await night.db.query(
      {
        text: `UPDATE update_scheduler.policy SET spec = jsonb_set(spec, '{windows,0,zone}', '"IST"') WHERE policy_id = $1`,
      },
      [policyId],
    );
    expect(await night.openWindow.run()).toBe(1);
    expect(await night.occurrences()).toMatchObject([{ zone: '*' }]);
    expect(night.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    await night.policy({}, policyId);
    expect(await night.openWindow.run()).toBe(1);
    expect(() => night.policy({ windows: [{ zone: 'PST' }] }, policyId)).toThrow('IANA');
  });

  it('opens nothing on blacked-out dates of the zone, of the policy or of the window', async () => {
    const zones = ['Pacific/Auckland', 'UTC'] as const;
    const windows = zones.map((zone) => ({ start: zone === 'UTC' ? '01:30' : '14:30', zone }));
    const { policyId } = await night.policy({ windows, blackouts: [{ from: '2026-11-19', to: '2026-11-20' }] });
    expect(await night.openWindow.run()).toBe(0);
    const blackouts = [{ from: '2026-11-20', to: '2026-11-20' }];
    await night.policy({ windows: [{ ...windows[0]!, blackouts }, windows[1]!] }, policyId);
    expect(await night.openWindow.run()).toBe(1);
  });

  it('opens at once in an emergency, whatever windows and blackouts say', async () => {
    const windows = [{ start: '12:00', zone: 'UTC' as const }];
    const { policyId } = await night.policy({ windows, blackouts: [{ from: '2026-11-20', to: '2026-11-20' }] });
    expect(await night.openWindow.run()).toBe(0);
    await night.policy({ windows, emergency: true }, policyId);
    expect([await night.openWindow.run(), await night.openWindow.run()]).toEqual([1, 0]);
    night.minutes(24 * 60);
    expect(await night.openWindow.run()).toBe(1);
  });

  it('judges each device, with a reason for those that take no part', async () => {
    await night.policy();
    await night.devices(
      { id: 'behind' },
      { id: 'there', os: '26.6' },
      { id: 'beyond', os: '26.7' },
      { id: 'unsupervised', supervised: false },
      { id: 'new-lane', os: '27.0' },
      { id: 'unknown-os', os: null },
      { id: 'no-inventory', supervised: null },
      { id: 'unlisted', model: 'iPhone8,1' },
      { id: 'mac', platform: 'macOS', os: '15.1' },
      { id: 'old-mac', platform: 'macOS', os: '15.1', model: null },
      { id: 'watch', platform: 'watchOS', os: '10.0' },
      { id: 'behind:USER' },
    );
    await night.openAndPlan();
    expect(await night.states()).toEqual({
      behind: 'planned',
      mac: 'planned',
      there: 'installed: already-at-target',
      beyond: 'installed: already-at-target',
      unsupervised: 'not-eligible: not-supervised',
      'new-lane': 'installed: already-at-target',
      'unknown-os': 'not-eligible: facts-missing',
      'no-inventory': 'not-eligible: facts-missing',
      unlisted: 'not-eligible: no-release',
      'old-mac': 'not-eligible: facts-missing',
    });
    expect(await night.occurrences()).toMatchObject([
      { state: 'planned', planned: 2, notEligible: 5, alreadyInstalled: 3 },
    ]);
    expect(await night.staged('rollout.planned')).toMatchObject([
      { items: [{ planned: 2, notEligible: 5, alreadyInstalled: 3 }] },
    ]);
  });

  it.each([
    [{ kind: 'newest' }, '26.6'],
    [{ kind: 'newest', maximumVersion: '18' }, '18.7.8'],
    [{ kind: 'newest-minor' }, '18.7.8'],
    [{ kind: 'exact', version: '18.7.8' }, '18.7.8'],
  ] as const)('aims for %j at %s, never at an expired release', async (target, version) => {
    await night.policy({ platforms: ['iOS'], target });
    await night.devices({ id: 'A' });
    await night.openAndPlan();
    const [row] = await night.db.query<{ target_version: string }>({
      text: 'SELECT target_version FROM update_scheduler.device_update',
    });
    expect(row?.target_version).toBe(version);
  });

  it('plans a device once, also where its platform is named twice', async () => {
    await night.devices({ id: 'a' });
    await night.policy({ platforms: ['iOS', 'macOS', 'iOS'] });
    await night.openAndPlan();
    expect(await night.states()).toEqual({ a: 'planned' });
  });

  it('never aims below what a device runs', async () => {
    await night.policy({ platforms: ['iOS'], target: { kind: 'exact', version: '18.7.8' } });
    await night.devices({ id: 'A', os: '26.1' });
    await night.start();
    expect(await night.states()).toEqual({ A: 'installed: already-at-target' });
    expect(await night.commands()).toEqual([]);
  });

  it('has a target for each platform, and leaves alone what has reached a minimum', async () => {
    await night.policy({
      target: { kind: 'minimum', version: '18.7' },
      byPlatform: { macOS: { target: { kind: 'newest', maximumVersion: '15.99.99' } } },
    });
    await night.devices(
      { id: 'below' },
      { id: 'enough', os: '18.7.1' },
      { id: 'mac', platform: 'macOS', os: '15.1' },
      { id: 'mac-26', platform: 'macOS', os: '26.1' },
    );
    await night.openAndPlan();
    expect(await night.targets()).toEqual({ below: '26.6', enough: '26.6', mac: '15.7.9', 'mac-26': '15.7.9' });
    expect(await night.states()).toEqual({
      below: 'planned',
      enough: 'installed: already-at-target',
      mac: 'planned',
      'mac-26': 'installed: already-at-target',
    });
  });

  it('waits for days after a release was posted, and takes the newest that is old enough', async () => {
    await night.policy({ target: { kind: 'newest', daysAfterRelease: 90 } });
    await night.devices({ id: 'A' });
    night.clock.set('2026-09-20T02:00:00Z');
    await night.openAndPlan();
    expect(await night.states()).toEqual({ A: 'not-eligible: release-too-new' });
    night.clock.set('2026-11-21T02:00:00Z');
    await night.openAndPlan();
    expect(await night.states()).toEqual({ A: 'planned' });
  });

  it('does not wait for days after a release in an emergency', async () => {
    await night.policy({ target: { kind: 'newest', daysAfterRelease: 90 }, emergency: true });
    await night.devices({ id: 'A' });
    night.clock.set('2026-09-20T02:00:00Z');
    await night.openAndPlan();
    expect(await night.states()).toEqual({ A: 'planned' });
  });

  it('tells each update its deadline: a day at the start of the window in its zone, or days after its release', async () => {
    await night.policy({ deadline: { date: '2026-11-25' }, windows: [{ start: '03:00', zone: 'Europe/Zurich' }] });
    await night.policy({ name: 'macs', platforms: ['macOS'], precedence: 200, deadline: { daysAfterRelease: 10 } });
    await night.devices({ id: 'A' }, { id: 'M', platform: 'macOS', os: '26.1' });
    await night.openAndPlan();
    const rows = await night.db.query<{ deadline: Date }>({
      text: `SELECT deadline_at AS deadline FROM update_scheduler.device_update WHERE state = 'planned' ORDER BY device_id`,
    });
    expect(rows.map((row) => row.deadline.toISOString())).toEqual([
      '2026-11-25T02:00:00.000Z',
      '2026-08-27T00:00:00.000Z',
    ]);
  });

  it('takes in only devices that are assigned to it, and lets go of those that no longer are', async () => {
    const assignment = { excludedDevices: ['B'] };
    const { policyId } = await night.policy({ assignment });
    await night.devices({ id: 'A' }, { id: 'B' }, { id: 'C' });
    await night.openAndPlan();
    expect(await night.states()).toEqual({ A: 'planned', C: 'planned' });
    await night.db.query(
      {
        text: `UPDATE update_scheduler.rollout SET spec = jsonb_set(spec, '{assignment,excludedDevices}', '["B","C"]') WHERE policy_id = $1`,
      },
      [policyId],
    );
    night.minutes(24 * 60);
    await night.openAndPlan();
    expect(await night.states()).toEqual({ A: 'planned', C: 'not-eligible: unassigned' });
    expect((await night.occurrences()).at(-1)).toMatchObject({ planned: 1, notEligible: 1 });
  });

  it('lets a changed device go from an open window', async () => {
    const { rolloutId } = await joinable();
    await night.devices({ id: 'B', os: '18.1' });
    await night.db.query(
      {
        text: `UPDATE update_scheduler.rollout SET spec = jsonb_set(spec, '{assignment,excludedDevices}', '["B"]') WHERE rollout_id = $1`,
      },
      [rolloutId],
    );
    await join();
    expect(await night.states()).toEqual({ A: 'planned', B: 'not-eligible: unassigned' });
    expect(await night.occurrences()).toMatchObject([{ planned: 1, notEligible: 1 }]);
  });

  it('leaves a device to the policy of greater precedence, of equals to the older one', async () => {
    await night.policy({ name: 'older' });
    night.minutes(1);
    await night.policy({ name: 'younger' });
    await night.policy({ name: 'macs', platforms: ['macOS'], precedence: 200 });
    await night.devices({ id: 'A' }, { id: 'M', platform: 'macOS', os: '26.1' });
    await night.openAndPlan();
    const rows = await night.db.query<{ name: string; device: string; state: string; reason: string | null }>({
      text: `SELECT p.name, u.device_id AS device, u.state, u.reason FROM update_scheduler.device_update u
               JOIN update_scheduler.rollout r USING (tenant, rollout_id) JOIN update_scheduler.policy p USING (tenant, policy_id)
              ORDER BY p.name, u.device_id`,
    });
    expect(rows.map(({ name, device, state, reason }) => `${name} ${device} ${state} ${reason ?? ''}`.trim())).toEqual([
      'macs M planned',
      'older A planned',
      'older M not-eligible other-policy',
      'younger A not-eligible other-policy',
      'younger M not-eligible other-policy',
    ]);
  });

  it('begins an update again once its last sign of life is older than the policy says', async () => {
    await night.policy({ resendAfterHours: 24 });
    await night.devices({ id: 'A' });
    await night.start();
    night.minutes(24 * 60);
    await night.start();
    expect(await night.commands()).toHaveLength(1);
    night.minutes(24 * 60);
    await night.start();
    expect(await night.commands()).toHaveLength(2);
  });

  it('goes on where it was when it was killed between chunks, and plans nothing twice', async () => {
    await night.policy({ pace: { devicesPerMinute: 2, spread: 0 } });
    await night.devices(...Array.from({ length: 8 }, (_, index) => ({ id: `D${index}` })));
    await night.openWindow.run();
    const [occurrence] = await night.occurrences();
    let chunks = 0;
    const planChunk = night.plans.planChunk.bind(night.plans);
    night.plans.planChunk = async (...args) => {
      if (chunks++ === 1) throw new Error('killed');
      return planChunk(...args);
    };
    const run = () => night.planRollout.run({ tenant: TENANT, occurrenceId: occurrence!.occurrenceId });
    await expect(run()).rejects.toThrow('killed');
    expect(await night.occurrences()).toMatchObject([{ state: 'planning', planned: 3 }]);
    expect(await night.releaseWave.run()).toBe(true);
    await Promise.all([run(), run()]);
    expect(await night.occurrences()).toMatchObject([{ state: 'planned', planned: 8 }]);
    expect(await night.staged('rollout.planned')).toHaveLength(1);
    await run();
    const waves = await night.db.query<{ devices: number; minute: number }>({
      text: `SELECT w.devices, extract(epoch FROM w.release_at - o.opened_at)::int / 60 AS minute FROM update_scheduler.wave w JOIN update_scheduler.occurrence o USING (occurrence_id) ORDER BY wave`,
    });
    expect(waves.reduce((sum, one) => sum + one.devices, 0)).toBe(8);
    expect(waves.every((one, index) => one.devices <= 2 && one.minute === index)).toBe(true);
  });

  it('lets late enrollments and late facts join the open window, once', async () => {
    await night.policy();
    await night.devices({ id: 'A', os: null }, { id: 'B' });
    await night.start();
    const [occurrence] = await night.occurrences();
    night.minutes(5);
    await night.devices({ id: 'A', os: '18.1' }, { id: 'C' }, { id: 'D', os: '26.6' });
    const join = () =>
      night.planRollout.join(
        { tenant: TENANT, occurrenceId: occurrence!.occurrenceId },
        new Date(night.clock.now().getTime() - 60_000),
      );
    expect([await join(), await join()]).toEqual([2, 0]);
    while (await night.releaseWave.run());
    expect(await night.states()).toEqual({
      A: 'scanning',
      B: 'scanning',
      C: 'scanning',
      D: 'installed: already-at-target',
    });
    expect(await night.occurrences()).toMatchObject([{ planned: 3, notEligible: 0, alreadyInstalled: 1 }]);
  });

  it('leaves a device to the rollout that has it in hand', async () => {
    await night.policy();
    await night.devices({ id: 'A' });
    await night.start();
    await night.policy({ name: 'second', precedence: 200 });
    await night.openAndPlan();
    const rows = await night.db.query({
      text: `SELECT state, reason FROM update_scheduler.device_update ORDER BY state`,
    });
    expect(rows).toEqual([
      { state: 'not-eligible', reason: 'other-rollout' },
      { state: 'scanning', reason: null },
    ]);
  });
});
