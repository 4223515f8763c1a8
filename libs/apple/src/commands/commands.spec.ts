import { describe, expect, it } from '@jest/globals';
import {
  availableOsUpdates,
  DEVICE_INFORMATION_QUERIES,
  deviceInformation,
  osUpdateStatus,
  scheduleOsUpdate,
  scheduleOsUpdateScan,
} from './commands.ts';
import { supports } from '../schema/fit.ts';
import { installActionsOf } from './install-actions.ts';

describe('command dicts', () => {
  it('carry their request type and only the keys that were given', () => {
    expect(scheduleOsUpdateScan()).toEqual({ RequestType: 'ScheduleOSUpdateScan' });
    expect(scheduleOsUpdateScan({ force: true })).toEqual({
      RequestType: 'ScheduleOSUpdateScan',
      Force: true,
    });
    expect(availableOsUpdates()).toEqual({ RequestType: 'AvailableOSUpdates' });
    expect(osUpdateStatus()).toEqual({ RequestType: 'OSUpdateStatus' });
    expect(deviceInformation()['Queries']).toEqual(DEVICE_INFORMATION_QUERIES);
    const updates = [
      { productKey: 'k', installAction: 'InstallLater', maxUserDeferrals: 3, priority: 'High' },
    ] as const;
    expect(scheduleOsUpdate({ updates })).toEqual({
      RequestType: 'ScheduleOSUpdate',
      Updates: [{ ProductKey: 'k', InstallAction: 'InstallLater', MaxUserDeferrals: 3, Priority: 'High' }],
    });
  });

  it('name a product in every update', () => {
    expect(() => scheduleOsUpdate({ updates: [] })).toThrow(RangeError);
    expect(() => scheduleOsUpdate({ updates: [{ installAction: 'Default' }] })).toThrow(RangeError);
  });
});

describe('support of commands', () => {
  it('begins and ends with an OS version', () => {
    expect(supports('ScheduleOSUpdate', 'macOS', '26.4')).toBe(true);
    expect(supports('ScheduleOSUpdate', 'macOS', '27.0')).toBe(false);
    expect(supports('OSUpdateStatus', 'macOS', '10.11.4')).toBe(false);
    expect(supports('ScheduleOSUpdateScan', 'iOS', '17.0')).toBe(false);
    expect(supports('ScheduleOSUpdate', 'visionOS', '2.0')).toBe(false);
    expect(supports('DeviceInformation', 'visionOS', '27.0')).toBe(true);
    expect(supports('DeviceInformation', 'macOS', 'unknown')).toBe(false);
  });

  it('knows which install actions a platform takes', () => {
    expect(installActionsOf('iPadOS', '17.1')).toEqual(['Default', 'DownloadOnly', 'InstallASAP']);
    expect(installActionsOf('macOS', '13.0')).toContain('InstallForceRestart');
    expect(installActionsOf('macOS', '10.15')).not.toContain('InstallForceRestart');
    expect(installActionsOf('macOS', '27.0')).toEqual([]);
  });
});
