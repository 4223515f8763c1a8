import { describe, expect, it } from '@jest/globals';
import { deviceInformation, scheduleOsUpdate } from '../commands/commands.ts';
import type { Platform } from '../versions/platform.ts';
import { declarationUnfitFor, supports, unfitFor, unfitKeys } from './fit.ts';
import type { CommandTarget } from './fit.ts';

const target = (platform: Platform, osVersion: string, more: Partial<CommandTarget> = {}): CommandTarget => ({
  platform,
  osVersion,
  channel: 'device',
  supervised: true,
  userEnrollment: false,
  sharedIpad: false,
  ...more,
});
const reasonOf = (requestType: string, ...rest: Parameters<typeof target>) =>
  unfitFor(requestType, target(...rest))?.reason;

describe('a device cannot take a command', () => {
  it('that its OS has removed, and is told so in words', () => {
    expect(unfitFor('ScheduleOSUpdate', target('macOS', '27.1'))).toEqual({
      reason: 'removed',
      detail: 'ScheduleOSUpdate was removed in macOS 27.0; this device has 27.1',
    });
    expect(reasonOf('ScheduleOSUpdate', 'macOS', '26.9.9')).toBeUndefined();
    for (const name of ['ScheduleOSUpdateScan', 'AvailableOSUpdates', 'OSUpdateStatus'])
      expect(reasonOf(name, 'macOS', '27.0')).toBe('removed');
    expect(reasonOf('DeviceInformation', 'macOS', '27.0')).toBeUndefined();
  });

  it('that its OS does not have yet', () => {
    expect(unfitFor('DeclarativeManagement', target('macOS', '12.7.6'))).toEqual({
      reason: 'not-introduced',
      detail: 'DeclarativeManagement came with macOS 13.0; this device has 12.7.6',
    });
    expect(reasonOf('DeclarativeManagement', 'macOS', '13')).toBeUndefined();
    expect(reasonOf('OSUpdateStatus', 'macOS', '10.11.4')).toBe('not-introduced');
  });

  it('that its platform never had', () => {
    expect(unfitFor('ScheduleOSUpdateScan', target('tvOS', '18.1'))).toEqual({
      reason: 'platform',
      detail: 'tvOS has no ScheduleOSUpdateScan',
    });
    expect(reasonOf('ScheduleOSUpdate', 'visionOS', '2.0')).toBe('platform');
    expect(reasonOf('ClearPasscode', 'macOS', '15.0')).toBe('platform');
  });

  it('on a channel that does not take it', () => {
    expect(reasonOf('ScheduleOSUpdate', 'macOS', '15.0', { channel: 'user' })).toBe('channel');
    expect(reasonOf('InstallProfile', 'macOS', '15.0', { channel: 'user' })).toBeUndefined();
    expect(reasonOf('InstallProfile', 'tvOS', '18.0', { channel: 'user' })).toBe('channel');
    expect(reasonOf('DeviceLock', 'iPadOS', '18.0', { channel: 'user', sharedIpad: true })).toBe('channel');
    expect(reasonOf('InstallProfile', 'iPadOS', '18.0', { channel: 'user', sharedIpad: true })).toBeUndefined();
  });

  it('without supervision, where the command needs it', () => {
    const loose = { supervised: false };
    expect(unfitFor('ScheduleOSUpdate', target('iOS', '18.0', loose))).toEqual({
      reason: 'not-supervised',
      detail: 'ScheduleOSUpdate needs a supervised device on iOS',
    });
    expect(reasonOf('AvailableOSUpdates', 'macOS', '15.0', loose)).toBeUndefined();
    expect(reasonOf('DeviceInformation', 'iOS', '18.0', loose)).toBeUndefined();
  });

  it('under a kind of enrollment that forbids it', () => {
    expect(reasonOf('ClearPasscode', 'iOS', '18.0', { userEnrollment: true })).toBe('user-enrollment');
    expect(reasonOf('ClearPasscode', 'iPadOS', '18.0', { sharedIpad: true })).toBe('shared-ipad');
    expect(reasonOf('ClearPasscode', 'iPadOS', '18.0')).toBeUndefined();
  });
});

describe('a command is not refused', () => {
  it('for what is not known of the device', () => {
    const unknown = { supervised: undefined, userEnrollment: undefined, sharedIpad: undefined };
    expect(reasonOf('ScheduleOSUpdate', 'iOS', '18.0', unknown)).toBeUndefined();
    expect(reasonOf('ScheduleOSUpdateScan', 'unknown', '18.0')).toBeUndefined();
    expect(reasonOf('ScheduleOSUpdate', 'macOS', '26B5033f')).toBeUndefined();
  });

  it('when the schema does not know it', () => {
    expect(reasonOf('TeleportDevice', 'macOS', '15.0')).toBeUndefined();
    expect(reasonOf('constructor', 'macOS', '15.0')).toBeUndefined();
  });

  it('by an iPad that still runs iOS', () => {
    expect(reasonOf('ScheduleOSUpdate', 'iPadOS', '12.5.7')).toBeUndefined();
    expect(supports('ScheduleOSUpdate', 'iPadOS', '12.5.7')).toBe(true);
    expect(unfitFor('DeclarativeManagement', target('iPadOS', '12.5.7'))?.reason).toBe('not-introduced');
  });
});

describe('a declaration', () => {
  const type = 'com.apple.configuration.softwareupdate.enforcement.specific';
  it('is refused by the same facts', () => {
    expect(declarationUnfitFor(type, target('macOS', '14.0'))).toBeUndefined();
    expect(declarationUnfitFor(type, target('macOS', '13.6'))?.reason).toBe('not-introduced');
    expect(declarationUnfitFor(type, target('watchOS', '11.0'))?.reason).toBe('platform');
    expect(declarationUnfitFor(type, target('macOS', '15.0', { channel: 'user' }))?.reason).toBe('channel');
    expect(declarationUnfitFor(type, target('iOS', '18.0', { userEnrollment: true }))?.reason).toBe('user-enrollment');
    expect(declarationUnfitFor(type, target('macOS', '15.0', { supervised: false }))?.reason).toBe('not-supervised');
    expect(declarationUnfitFor('com.example.new', target('macOS', '15.0'))).toBeUndefined();
  });

  it('that are no configurations go with them on the channel of a user', () => {
    const user = target('macOS', '15.0', { channel: 'user' });
    for (const type of ['activation.simple', 'asset.data', 'management.properties']) {
      expect(declarationUnfitFor(`com.apple.${type}`, user)).toBeUndefined();
    }
    const tooOld = target('macOS', '12.7', { channel: 'user' });
    expect(declarationUnfitFor('com.apple.activation.simple', tooOld)?.reason).toBe('not-introduced');
  });
});

describe('keys of a command', () => {
  const command = scheduleOsUpdate({
    updates: [{ productKey: 'k', productVersion: '15.1', installAction: 'InstallLater', maxUserDeferrals: 2 }],
  });

  it('may be newer than the OS, or not for its platform', () => {
    expect(unfitKeys(command, target('macOS', '12.0'))).toEqual([]);
    expect(unfitKeys(command, target('macOS', '11.7'))).toEqual([
      {
        path: 'Updates[0].ProductVersion',
        reason: 'not-introduced',
        detail: 'Updates.ProductVersion came with macOS 12.0; this device has 11.7',
      },
      expect.objectContaining({ path: 'Updates[0].MaxUserDeferrals', reason: 'not-introduced' }),
    ]);
    expect(unfitKeys(command, target('iOS', '17.0'))).toEqual([
      { path: 'Updates[0].MaxUserDeferrals', reason: 'platform', detail: 'iOS has no Updates.MaxUserDeferrals' },
    ]);
  });

  it('take over what holds of the command', () => {
    const settings = { RequestType: 'Settings', Settings: [{ Item: 'Wallpaper', Where: 1 }] };
    const reasons = (more: Partial<CommandTarget>) => unfitKeys(settings, target('iOS', '18.0', more));
    expect(reasons({})).toEqual([]);
    expect(reasons({ supervised: false })).toMatchObject([{ path: 'Settings[0]', reason: 'not-supervised' }]);
    expect(reasons({ userEnrollment: true })).toMatchObject([{ path: 'Settings[0]', reason: 'user-enrollment' }]);
  });

  it('and queries are told apart by name', () => {
    const unfit = unfitKeys(deviceInformation(['UDID', 'IsAppleSilicon']), target('iOS', '18.0'));
    expect(unfit).toMatchObject([{ path: 'Queries[1]', reason: 'platform' }]);
  });
});
