import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { Night } from './night.ts';

const list = { kind: 'available-updates' as const, products: [{ productKey: 'k26', version: '26.6', build: '23U67' }] };
const minor = { productKey: 'k15', version: '15.7.9', build: '24G830' };

describe('what policies and users choose, over several nights', () => {
  let database: TestDatabase;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    night = await Night.begin(database);
  });
  afterAll(() => database.close());

  const status = (id: string, given: object) =>
    night.answer(id, { kind: 'update-status', updates: [{ productKey: 'k', status: 'Idle', ...given }] });
  const body = async (id: string) => (await night.lastCommand(id)).body;
  /** The states of all rollouts that the device was in, the oldest first. */
  const states = async (): Promise<string[]> => {
    const rows = await night.db.query<{ state: string; reason: string | null }>({
      text: `SELECT u.state, u.reason FROM update_scheduler.device_update u JOIN update_scheduler.rollout r USING (tenant, rollout_id)
              ORDER BY r.policy_version`,
    });
    return rows.map(({ state, reason }) => (reason === null ? state : `${state}: ${reason}`));
  };
  const nextNight = async (date: string): Promise<void> => {
    night.clock.set(`${date}T01:00:00Z`);
    await night.closeWindow.run();
    night.clock.set(`${date}T02:00:00Z`);
    await night.start();
  };

  /** A phone that its policy has let download, and no more. */
  async function downloaded(given: Parameters<Night['policy']>[0] = {}): Promise<string> {
    const { policyId } = await night.policy({ installAction: 'DownloadOnly', ...given });
    await night.devices({ id: 'P' });
    await night.start();
    await night.answer('P', list);
    expect(await body('P')).toContain('<string>DownloadOnly</string>');
    await night.answer('P', { kind: 'schedule-result', results: [{ productKey: 'k26', status: 'Downloading' }] });
    expect(await status('P', { isDownloaded: true })).toBeUndefined();
    expect(await states()).toEqual(['downloaded: download-only']);
    return policyId;
  }

  it('downloads in one window, and installs in the next where the policy says so by then', async () => {
    const policyId = await downloaded();
    await night.policy({ installAction: 'InstallASAP' }, policyId);
    await nextNight('2026-11-21');
    expect(await states()).toEqual(['downloaded: download-only', 'scanning']);
  });

  it('leaves a download alone night by night, and installs it from the deadline on', async () => {
    await downloaded({ deadline: { date: '2026-11-22' } });
    await nextNight('2026-11-21');
    expect(await states()).toEqual(['downloaded: download-only']);
    await nextNight('2026-11-22');
    await night.answer('P', list);
    expect(await body('P')).toContain('<string>Default</string>');
    const errorChain = [{ ErrorCode: 12052, ErrorDomain: 'MCMDMErrorDomain' }];
    const result = { productKey: 'k26', installAction: 'Error', status: 'Idle', errorChain };
    expect(await night.answer('P', { kind: 'schedule-result', results: [result] })).toBe('ScheduleOSUpdate');
    expect(await body('P')).toContain('<string>InstallASAP</string>');
    await night.answer('P', { kind: 'schedule-result', results: [{ productKey: 'k26', status: 'Installing' }] });
    await night.answer('P', { kind: 'update-status', updates: [] });
    await night.answer('P', { kind: 'facts', osVersion: '26.6' });
    expect(await states()).toEqual(['installed']);
  });

  it('never starts by accident what a Mac’s user has put off: not by a poll, not in the next window, but by the deadline', async () => {
    const macs = { platforms: ['macOS' as const], target: { kind: 'newest-minor' as const } };
    await night.policy({
      ...macs,
      installAction: 'InstallLater',
      maxUserDeferrals: 3,
      deadline: { date: '2026-11-22' },
    });
    await night.devices({ id: 'M', platform: 'macOS', os: '15.1' });
    const toStatus = async (): Promise<void> => {
      await night.answer('M', { kind: 'scan', initiated: true });
      expect(await night.answer('M', { kind: 'available-updates', products: [minor] })).toBe('OSUpdateStatus');
    };
    const orders = async () =>
      (await night.commands())
        .filter(({ requestType }) => requestType === 'ScheduleOSUpdate')
        .map(({ body: text }) => /<key>InstallAction<\/key><string>(\w+)/.exec(text)?.[1]);
    const putOff = (until: string) =>
      status('M', { isDownloaded: true, maxDeferrals: 3, deferralsRemaining: 2, nextScheduledInstall: until });

    await night.start();
    await toStatus();
    await night.answer('M', { kind: 'update-status', updates: [] });
    expect(await body('M')).toContain('<key>MaxUserDeferrals</key><integer>3</integer>');
    await night.answer('M', {
      kind: 'schedule-result',
      results: [{ productKey: 'k15', installAction: 'InstallLater' }],
    });
    for (let poll = 0; poll < 30; poll += 1) {
      night.minutes(10);
      await putOff('2026-11-22T20:00:00Z');
    }
    expect(await states()).toEqual(['commanded: user-postponed']);
    night.minutes(6 * 60);
    await putOff('2026-11-22T20:00:00Z');
    expect(await states()).toEqual(['waiting: user-postponed']);

    await nextNight('2026-11-21');
    await toStatus();
    await putOff('2026-11-22T20:00:00Z');
    expect(await states()).toEqual(['commanded: user-postponed']);
    expect(await orders()).toEqual(['InstallLater']);
    night.clock.set('2026-11-21T11:25:00Z');
    await putOff('2026-11-22T20:00:00Z');

    await nextNight('2026-11-22');
    await toStatus();
    await putOff('2026-11-22T20:00:00Z');
    expect(await orders()).toEqual(['InstallLater', 'InstallForceRestart']);
  });
});
