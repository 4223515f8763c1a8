import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { Night } from './night.ts';

/** The releases of 2018 and 2019 that the two flows lead to. */
const FEED_OF_2019 = JSON.stringify({
  PublicAssetSets: {
    iOS: [{ ProductVersion: '13.0', Build: '17A576', PostingDate: '2019-09-19', SupportedDevices: ['iPhone11,2'] }],
    macOS: [
      { ProductVersion: '10.14', Build: '18A391', PostingDate: '2018-09-24', SupportedDevices: ['MacBookPro14,1'] },
    ],
  },
});

describe('flows that administrators know', () => {
  let database: TestDatabase;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    night = await Night.begin(database);
    await night.importCatalog.run('test', FEED_OF_2019, { force: true });
  });
  afterAll(() => database.close());

  const timeline = async (): Promise<string[]> => {
    const rows = await night.db.query<{ to_state: string; reason: string | null }>({
      text: `SELECT to_state, reason FROM update_scheduler.update_event ORDER BY version`,
    });
    return rows.map(({ to_state: state, reason }) => (reason === null ? state : `${state}: ${reason}`));
  };
  const status = (given: object) =>
    night.answer('M', { kind: 'update-status', updates: [{ productKey: '_OSX_18A391', ...given }] });
  const result = (given: object) =>
    night.answer('M', { kind: 'schedule-result', results: [{ productKey: '_OSX_18A391', ...given }] });
  const body = async () => (await night.lastCommand('M')).body;
  const lastDetail = async () => {
    const [row] = await night.db.query<{ detail: string }>({
      text: `SELECT detail FROM update_scheduler.update_event ORDER BY version DESC LIMIT 1`,
    });
    return row!.detail;
  };
  const CONFIG = { productKey: '041-14451', version: '2.0', isConfigDataUpdate: true, isMajorOSUpdate: false };
  const INSTALLER = { productKey: '_OSX_18A391', version: '10.14', build: '18A391', isMajorOSUpdate: true };

  /** From the window's opening to the full installer: scan, configuration item, scan. */
  async function toInstaller(): Promise<void> {
    expect((await night.lastCommand('M')).requestType).toBe('ScheduleOSUpdateScan');
    expect(await night.answer('M', { kind: 'scan', initiated: true })).toBe('AvailableOSUpdates');
    expect(await night.answer('M', { kind: 'available-updates', products: [CONFIG] })).toBe('ScheduleOSUpdate');
    expect(await body()).toContain('<key>ProductKey</key><string>041-14451</string>');
    expect(await body()).toContain('<key>InstallAction</key><string>InstallASAP</string>');
    const results = [{ productKey: '041-14451', installAction: 'InstallASAP', status: 'Idle' }];
    expect(await night.answer('M', { kind: 'schedule-result', results })).toBe('ScheduleOSUpdateScan');
    night.minutes(10);
    expect(await night.answer('M', { kind: 'scan', initiated: true })).toBe('AvailableOSUpdates');
    expect(await night.answer('M', { kind: 'available-updates', products: [INSTALLER] })).toBe('ScheduleOSUpdate');
    expect(await body()).toContain('<key>ProductKey</key><string>_OSX_18A391</string>');
    expect(await body()).not.toContain('ProductVersion');
  }

  it('iOS 13.0: what AvailableOSUpdates names is scheduled with Default, and again to install it', async () => {
    await night.policy({ installAction: 'Default' });
    await night.devices({ id: 'P', os: '12.4.1', model: 'iPhone11,2' });
    await night.start();
    expect((await night.lastCommand('P')).requestType).toBe('AvailableOSUpdates');
    const offer = { productKey: 'iOSUpdate17A576', version: '13.0', build: '17A576' };
    expect(await night.answer('P', { kind: 'available-updates', products: [offer] })).toBe('ScheduleOSUpdate');
    const { body: first } = await night.lastCommand('P');
    expect(first).toContain('<key>ProductKey</key><string>iOSUpdate17A576</string>');
    expect(first).toContain('<key>InstallAction</key><string>Default</string>');
    const results = [{ productKey: 'iOSUpdate17A576', installAction: 'Default', status: 'Downloading' }];
    expect(await night.answer('P', { kind: 'schedule-result', results })).toBe('OSUpdateStatus');
    const updates = [{ productKey: 'iOSUpdate17A576', status: 'Idle', isDownloaded: true, downloadPercentComplete: 1 }];
    expect(await night.answer('P', { kind: 'update-status', updates })).toBe('ScheduleOSUpdate');
    expect((await night.lastCommand('P')).body).toBe(first);
    await night.answer('P', { kind: 'schedule-result', results: [{ ...results[0]!, status: 'Installing' }] });
    await night.answer('P', { kind: 'update-status', updates: [] });
    await night.answer('P', { kind: 'facts', osVersion: '13.0' });
    expect(await timeline()).toEqual([
      'planned',
      'scanning',
      'available',
      'downloading',
      'downloaded',
      'installing',
      'installing',
      'installed',
    ]);
  });

  it('Mojave: behind a configuration item, not without Automated Device Enrollment, not before it has power', async () => {
    await night.policy();
    await night.devices({ id: 'M', platform: 'macOS', os: '10.12.6', model: 'MacBookPro14,1' });
    await night.start();
    await toInstaller();
    const why = 'Only devices enrolled through Automated Device Enrollment take this command.';
    const errorChain = [{ ErrorCode: 74, ErrorDomain: 'MDMClientError' }];
    const ade = { class: 'requires-automated-enrollment', explanation: why, retry: 'never', errorChain } as const;
    await night.answer('M', { kind: 'error', requestType: 'ScheduleOSUpdate', ...ade });
    expect(await night.states()).toEqual({ M: 'not-eligible: requires-automated-enrollment' });
    await night.closeWindow.run();

    // Enrolled by Automated Device Enrollment meanwhile.
    night.clock.set('2026-11-21T02:00:00Z');
    await night.start();
    await toInstaller();
    expect(await body()).toContain('<string>InstallASAP</string>');
    expect(await result({ installAction: 'InstallASAP', status: 'Installing' })).toBe('OSUpdateStatus');
    const idle = { status: 'Idle', isDownloaded: false, downloadPercentComplete: 0 };
    for (let poll = 0; poll < 2; poll += 1) {
      night.minutes(10);
      expect(await status(idle)).toBe('OSUpdateStatus');
      expect(await night.states()).toEqual({ M: 'installing: waiting-for-power' });
    }
    night.minutes(10);
    await status({ status: 'Downloading', isDownloaded: false, downloadPercentComplete: 0.4 });
    expect(await night.states()).toEqual({ M: 'downloading' });
    night.minutes(10);
    await status({ status: 'Idle', isDownloaded: true, downloadPercentComplete: 1 });
    expect(await night.states()).toEqual({ M: 'downloaded: waiting-for-restart' });
    night.minutes(10);
    await night.answer('M', { kind: 'update-status', updates: [] });
    await night.answer('M', { kind: 'facts', osVersion: '10.14' });
    expect(await night.states()).toEqual({ M: 'installed' });
    // The configuration item on both nights, the installer refused once and taken once.
    expect((await night.commands()).filter(({ requestType }) => requestType === 'ScheduleOSUpdate')).toHaveLength(4);
  });

  it('Mojave: NotifyOnly is refused with 12008, and InstallASAP takes its place', async () => {
    await night.policy({ installAction: 'NotifyOnly', platforms: ['macOS'] });
    await night.devices({ id: 'M', platform: 'macOS', os: '10.12.6', model: 'MacBookPro14,1' });
    await night.start();
    await toInstaller();
    expect(await body()).toContain('<string>NotifyOnly</string>');
    const errorChain = [{ ErrorCode: 12008, ErrorDomain: 'MCMDMErrorDomain' }];
    expect(await result({ installAction: 'Error', status: 'Idle', errorChain })).toBe('ScheduleOSUpdate');
    expect(await body()).toContain('<string>InstallASAP</string>');
    expect(await lastDetail()).toContain('NotifyOnly is replaced by InstallASAP: a major update takes nothing else');
    expect(await result({ installAction: 'InstallASAP', status: 'Installing' })).toBe('OSUpdateStatus');
    expect(await night.states()).toEqual({ M: 'installing' });
  });

  it('Mojave: an action that a major update does not take is replaced beforehand, and the timeline says so', async () => {
    await night.policy({ installAction: 'InstallForceRestart', platforms: ['macOS'] });
    await night.devices({ id: 'M', platform: 'macOS', os: '10.12.6', model: 'MacBookPro14,1' });
    await night.start();
    await toInstaller();
    expect(await body()).toContain('<string>InstallASAP</string>');
    expect(await lastDetail()).toContain(
      'InstallForceRestart is replaced by InstallASAP: a major update takes nothing else',
    );
  });
});
