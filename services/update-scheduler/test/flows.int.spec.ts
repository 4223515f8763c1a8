import { testDatabase, type TestDatabase, waitFor } from '@lamplighter/testing';
import { PgPolicyStore } from '../src/out/pg-policy-store.ts';
import { Night, TENANT } from './night.ts';

async function waitsForLock({ admin }: TestDatabase): Promise<boolean> {
  const waiting = await admin.query({
    text: `SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE NOT l.granted AND l.locktype = 'transactionid' AND a.datname = current_database()`,
  });
  return waiting.length > 0;
}

describe('the life of an update', () => {
  let database: TestDatabase;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    night = await Night.begin(database);
  });
  afterAll(() => database.close());

  const mac = async () => {
    await night.policy();
    await night.devices({ id: 'M', platform: 'macOS', os: '15.1' });
    await night.start();
  };
  const phone = async () => {
    await night.policy();
    await night.devices({ id: 'P' });
    await night.start();
  };
  const offered = {
    kind: 'available-updates',
    products: [{ productKey: 'k26', version: '26.6', build: '23U67' }],
  } as const;
  const list = { ...offered, products: [...offered.products] };

  it('releases each wave once, with commands and events of the same transaction', async () => {
    await night.policy({ pace: { devicesPerMinute: 60_000, spread: 0 } });
    await night.devices(
      ...Array.from({ length: 6 }, (_, index) => ({
        id: `D${index}`,
        platform: index % 2 ? 'macOS' : 'iOS',
        os: '18.1',
      })),
    );
    await night.openAndPlan();
    const other = new Night(night.database, night.clock);
    await Promise.all([night.releaseWave.run(), other.releaseWave.run(), night.releaseWave.run()]);
    while (await night.releaseWave.run());
    const commands = await night.commands();
    expect(commands.map((one) => one.requestType).toSorted()).toEqual([
      ...Array(3).fill('AvailableOSUpdates'),
      ...Array(3).fill('ScheduleOSUpdateScan'),
    ]);
    expect(new Set(commands.map((one) => one.commandId)).size).toBe(6);
    expect(
      commands.every((one) => one.expiresAt === '2026-11-20T05:30:00.000Z' && one.traceparent?.endsWith('-01')),
    ).toBe(true);
    expect(await night.staged('wave.released')).toMatchObject([{ items: [{ wave: 0, devices: 6 }] }]);
    expect((await night.staged('update.advanced')).flatMap((one) => one.items)).toHaveLength(6);
  });

  it('brings a Mac from the scan to the confirmed version', async () => {
    await mac();
    expect((await night.lastCommand('M')).requestType).toBe('ScheduleOSUpdateScan');
    expect(await night.answer('M', { kind: 'scan', initiated: true })).toBe('AvailableOSUpdates');
    expect(
      await night.answer('M', {
        kind: 'available-updates',
        products: [{ productKey: '_OSX_25G83', version: '25G83', isMajorOSUpdate: true }],
      }),
    ).toBe('OSUpdateStatus');
    expect(await night.answer('M', { kind: 'update-status', updates: [] })).toBe('ScheduleOSUpdate');
    expect((await night.lastCommand('M')).body).toContain('<key>ProductKey</key><string>_OSX_25G83</string>');
    expect(
      await night.answer('M', {
        kind: 'schedule-result',
        results: [{ productKey: '_OSX_25G83', status: 'Downloading' }],
      }),
    ).toBe('OSUpdateStatus');
    expect(await night.lastCommand('M')).toMatchObject({
      notBefore: '2026-11-20T02:10:00.000Z',
      expiresAt: '2026-11-20T11:30:00.000Z',
    });
    night.minutes(10);
    expect(
      await night.answer('M', { kind: 'update-status', updates: [{ productKey: '_OSX_25G83', status: 'Installing' }] }),
    ).toBe('OSUpdateStatus');
    expect(await night.answer('M', { kind: 'update-status', updates: [] })).toBe('DeviceInformation');
    expect(await night.answer('M', { kind: 'facts', osVersion: '26.6.2' })).toBeUndefined();
    expect(await night.row('M')).toMatchObject({
      state: 'installed',
      installSeq: 1,
      commandedAt: new Date('2026-11-20T02:00:00Z'),
    });
    const events = await night.db.query<{ to_state: string }>({
      text: `SELECT to_state FROM update_scheduler.update_event ORDER BY version`,
    });
    expect(events.map((one) => one.to_state)).toEqual([
      'planned',
      'scanning',
      'scanning',
      'available',
      'available',
      'downloading',
      'installing',
      'installing',
      'installed',
    ]);
  });

  it('takes the configuration item first where macOS holds the installer back', async () => {
    await mac();
    await night.answer('M', { kind: 'scan', initiated: true });
    expect(
      await night.answer('M', {
        kind: 'available-updates',
        products: [{ productKey: 'cfg', isConfigDataUpdate: true }],
      }),
    ).toBe('ScheduleOSUpdate');
    expect((await night.lastCommand('M')).body).toContain('cfg');
    expect(await night.answer('M', { kind: 'schedule-result', results: [] })).toBe('ScheduleOSUpdateScan');
    expect((await night.lastCommand('M')).notBefore).toBe('2026-11-20T02:10:00.000Z');
    await night.answer('M', { kind: 'scan', initiated: true });
    await night.answer('M', { kind: 'available-updates', products: [{ productKey: '_OSX_25G83' }] });
    expect((await night.row('M')).step).toBe('ask-first');
    expect(await night.answer('M', { kind: 'update-status', updates: [] })).toBe('ScheduleOSUpdate');
    expect((await night.row('M')).step).toBe('install');
  });

  it('downloads and then installs on iOS, with one ScheduleOSUpdate per step', async () => {
    await phone();
    expect(await night.answer('P', list)).toBe('ScheduleOSUpdate');
    expect((await night.lastCommand('P')).body).toContain('<key>InstallAction</key><string>Default</string>');
    await night.answer('P', { kind: 'schedule-result', results: [{ productKey: 'k26', status: 'Downloading' }] });
    await night.answer('P', {
      kind: 'update-status',
      updates: [{ productKey: 'k26', status: 'Downloading', downloadPercentComplete: 0.4 }],
    });
    expect(
      await night.answer('P', {
        kind: 'update-status',
        updates: [{ productKey: 'k26', status: 'Idle', isDownloaded: true }],
      }),
    ).toBe('ScheduleOSUpdate');
    expect((await night.lastCommand('P')).body).toContain('<string>InstallASAP</string>');
    await night.answer('P', { kind: 'schedule-result', results: [{ status: 'Installing' }] });
    await night.answer('P', { kind: 'update-status', updates: [] });
    await night.answer('P', { kind: 'facts', osVersion: '26.6' });
    expect(await night.states()).toEqual({ P: 'installed' });
    expect((await night.commands()).filter((one) => one.requestType === 'ScheduleOSUpdate')).toHaveLength(2);
  });

  it('sends nothing again for a repeated, late or duplicated answer', async () => {
    await phone();
    const { commandId } = await night.row('P');
    const news = { deviceId: 'P', commandId: commandId!, at: night.clock.now(), what: list };
    await Promise.all([night.advanceUpdates.run(TENANT, [news, news]), night.advanceUpdates.run(TENANT, [news])]);
    await night.advanceUpdates.run(TENANT, [news]);
    expect((await night.commands()).filter((one) => one.requestType === 'ScheduleOSUpdate')).toHaveLength(1);
  });

  it('keeps a NotNow command outstanding', async () => {
    await phone();
    expect(await night.answer('P', { kind: 'not-now', requestType: 'AvailableOSUpdates', count: 1 })).toBeUndefined();
    expect(await night.row('P')).toMatchObject({ state: 'scanning', reason: 'not-now', step: 'list' });
    expect(await night.answer('P', list)).toBe('ScheduleOSUpdate');
  });

  it('lets one device answer for itself only, in its own tenant', async () => {
    await phone();
    const { commandId } = await night.row('P');
    await night.advanceUpdates.run('other', [
      { deviceId: 'P', commandId: commandId!, at: night.clock.now(), what: list },
    ]);
    await night.advanceUpdates.run(TENANT, [
      { deviceId: 'Q', commandId: commandId!, at: night.clock.now(), what: list },
    ]);
    expect((await night.row('P')).state).toBe('scanning');
  });

  it('fails with the device’s own reason', async () => {
    await phone();
    await night.answer('P', list);
    await night.answer('P', {
      kind: 'schedule-result',
      results: [{ productKey: 'k26', status: 'DownloadInsufficientSpace' }],
    });
    expect(await night.states()).toEqual({ P: 'failed: insufficient-space' });
  });

  it('carries a device that did not connect over to the next night, and plans it again', async () => {
    await night.policy({
      pace: { devicesPerMinute: 1, spread: 0 },
      windows: [{ lengthMinutes: 10, stopBeforeMinutes: 5 }],
    });
    await night.devices(...Array.from({ length: 7 }, (_, index) => ({ id: `D${index}` })));
    await night.start();
    expect(Object.values(await night.states()).filter((state) => state === 'planned')).toHaveLength(6);
    night.minutes(5);
    while (await night.releaseWave.run());
    const sent = (await night.commands()).map((one) => one.deviceId);
    expect(sent).toHaveLength(1);
    await night.expire(sent[0]!, false);
    night.minutes(5);
    await night.closeWindow.run();
    const states = await night.states();
    expect(states[sent[0]!]).toBe('waiting: no-contact');
    expect(Object.values(states).filter((state) => state === 'waiting: window-closed')).toHaveLength(6);
    expect(await night.occurrences()).toMatchObject([{ state: 'closed', carriedOver: 7 }]);
    night.clock.set('2026-11-21T02:00:00Z');
    await night.start();
    expect(await night.occurrences()).toMatchObject([{ state: 'closed' }, { state: 'planned', planned: 7 }]);
    const ids = (await night.commands()).map((one) => one.commandId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(2);
  });

  it('tries a device again the next night that had no power, and leaves one alone that is still at it', async () => {
    await night.policy();
    await night.devices({ id: 'F' }, { id: 'I' });
    await night.start();
    for (const id of ['F', 'I']) await night.answer(id, list);
    await night.answer('F', {
      kind: 'schedule-result',
      results: [{ productKey: 'k26', status: 'InstallInsufficientPower' }],
    });
    await night.expire('F', false);
    expect(await night.states()).toMatchObject({ F: 'waiting: insufficient-power' });
    await night.answer('I', { kind: 'schedule-result', results: [{ productKey: 'k26', status: 'Downloading' }] });
    night.clock.set('2026-11-20T06:00:00Z');
    await night.closeWindow.run();
    night.clock.set('2026-11-21T02:00:00Z');
    await night.db.query({
      text: `UPDATE update_scheduler.device_update SET stops_at = '2026-11-21T01:00:00Z' WHERE device_id = 'I'`,
    });
    await night.start();
    expect(await night.states()).toEqual({ F: 'scanning', I: 'downloading' });
  });

  it('stops at once on abort, revokes, and follows what devices have taken', async () => {
    await night.policy({ pace: { devicesPerMinute: 2, spread: 0 } });
    await night.devices({ id: 'A' }, { id: 'B' }, { id: 'C' }, { id: 'D' });
    await night.start();
    const [taken, asked] = (await night.commands()).map((one) => one.deviceId) as [string, string];
    await night.answer(taken, list);
    await night.answer(taken, { kind: 'schedule-result', results: [{ productKey: 'k26', status: 'Downloading' }] });
    const [{ rolloutId } = { rolloutId: '' }] = await night.occurrences();
    expect(await night.controlRollout.run({ tenant: TENANT, rolloutId, action: 'abort' })).toMatchObject({
      rolloutId,
      state: 'aborted',
    });
    expect(await night.staged('command.revoke')).toMatchObject([{ items: [{ cause: rolloutId }] }]);
    night.minutes(2);
    expect(await night.releaseWave.run()).toBe(false);
    await night.controlRollout.endAborted();
    const states = await night.states();
    expect(Object.values(states).toSorted()).toEqual([
      'downloading',
      'failed: aborted',
      'failed: aborted',
      'failed: aborted',
    ]);
    expect(await night.answer(asked, list)).toBeUndefined();
    expect((await night.lastCommand(taken)).cause).toBe(`follow-up:${rolloutId}`);
    await expect(night.controlRollout.run({ tenant: TENANT, rolloutId, action: 'resume' })).rejects.toMatchObject({
      code: 'rollout.aborted',
    });
  });

  it('holds waves back while paused, and lets them go on resume', async () => {
    await night.policy();
    await night.devices({ id: 'A' });
    await night.openAndPlan();
    const [{ rolloutId } = { rolloutId: '' }] = await night.occurrences();
    await night.controlRollout.run({ tenant: TENANT, rolloutId, action: 'pause' });
    expect(await night.releaseWave.run()).toBe(false);
    await night.controlRollout.run({ tenant: TENANT, rolloutId, action: 'resume' });
    expect(await night.releaseWave.run()).toBe(true);
  });

  it('tells no device to download or install while rollout, policy or tenant is paused, and goes on when all are resumed', async () => {
    const { policyId } = await night.policy();
    await night.devices({ id: 'A' });
    await night.start();
    const [{ rolloutId } = { rolloutId: '' }] = await night.occurrences();
    const switches = [
      (action: 'pause' | 'resume') => night.controlRollout.run({ tenant: TENANT, rolloutId, action }),
      (action: 'pause' | 'resume') => night.controlPolicy.run({ tenant: TENANT, policyId, action }),
      (action: 'pause' | 'resume') => night.controlPolicy.tenant({ tenant: TENANT, action }),
    ];
    for (const turn of switches) {
      await turn('pause');
      expect(await night.answer('A', list)).toBe('AvailableOSUpdates');
      expect(await night.states()).toEqual({ A: 'available: paused' });
      await turn('resume');
    }
    expect(await night.answer('A', list)).toBe('ScheduleOSUpdate');
  });

  it('sends no order that an abort would overtake', async () => {
    await night.policy();
    await night.devices({ id: 'A' });
    await night.start();
    const [{ rolloutId } = { rolloutId: '' }] = await night.occurrences();
    const policies = new PgPolicyStore(night.db);
    let answered: Promise<unknown> = Promise.resolve();
    await night.db.transaction(async (tx) => {
      await policies.rolloutState(tx, TENANT, rolloutId);
      let isDone = false;
      answered = night.answer('A', list).finally(() => (isDone = true));
      await waitFor('the answer to wait for the abort', async () => isDone || (await waitsForLock(database)));
      await policies.setRolloutState(tx, TENANT, rolloutId, 'aborted');
    });
    expect(await answered).toBeUndefined();
    expect((await night.commands()).map(({ requestType }) => requestType)).toEqual(['AvailableOSUpdates']);
    expect(await night.states()).toEqual({ A: 'failed: aborted' });
  });
});
