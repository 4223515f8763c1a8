import { describe, expect, it } from '@jest/globals';
import { strangeKeys, validateCommand, validateDeclaration, validateDocument } from './validate.ts';

const messages = (faults: readonly { path: string; message: string }[]) =>
  faults.map(({ path, message }) => `${path} ${message}`);

describe('a command', () => {
  const schedule = (update: unknown) =>
    messages(validateCommand({ RequestType: 'ScheduleOSUpdate', Updates: [update] }));

  it('is sound with the keys that the schema wants', () => {
    expect(schedule({ ProductKey: 'k', InstallAction: 'InstallLater', MaxUserDeferrals: 3 })).toEqual([]);
    expect(validateCommand({ RequestType: 'OSUpdateStatus' })).toEqual([]);
  });

  it('is not with a missing key, a wrong type or a value that there is not', () => {
    expect(messages(validateCommand({ RequestType: 'ScheduleOSUpdate' }))).toEqual(['Updates is missing']);
    expect(schedule('k')).toEqual(['Updates[0] is no dictionary']);
    expect(schedule({ MaxUserDeferrals: '3', Priority: 'Urgent', ProductKey: null })).toEqual([
      'Updates[0].InstallAction is missing',
      'Updates[0].MaxUserDeferrals is no integer',
      'Updates[0].Priority is none of Low, High',
      'Updates[0].ProductKey is no string',
    ]);
    expect(messages(validateCommand({ RequestType: 'ClearPasscode', UnlockToken: 'text' }))).toEqual([
      'UnlockToken is no data',
    ]);
  });

  it('may have keys, queries and settings that the schema does not know', () => {
    expect(validateCommand({ RequestType: 'ScheduleOSUpdateScan', Force: true, Newer: { a: 1 } })).toEqual([]);
    // As a parsed plist has it: without a prototype.
    const newer: unknown = Object.assign(Object.create(null), { a: 1 });
    expect(validateCommand({ RequestType: 'ScheduleOSUpdateScan', Newer: newer })).toEqual([]);
    expect(validateCommand({ RequestType: 'DeviceInformation', Queries: ['UDID', 'NewerQuery'] })).toEqual([]);
    const settings = [{ Item: 'NewerSetting', Level: 1 }];
    expect(validateCommand({ RequestType: 'Settings', Settings: settings })).toEqual([]);
  });

  it('is judged by the kind of each of its members', () => {
    const settings = [{ Item: 'Bluetooth', Enabled: 'yes' }, { Enabled: true }, { Item: 'Wallpaper', Where: 9 }];
    expect(messages(validateCommand({ RequestType: 'Settings', Settings: settings }))).toEqual([
      'Settings[0].Enabled is no boolean',
      'Settings[1].Item is missing',
      'Settings[2].Image is missing',
      'Settings[2].Where is none of 1, 2, 3',
    ]);
  });

  it('needs a RequestType; one that the schema does not know is not judged', () => {
    expect(messages(validateCommand({}))).toEqual(['RequestType is missing']);
    expect(messages(validateCommand({ RequestType: 3 }))).toEqual(['RequestType is no string']);
    expect(validateCommand({ RequestType: 'TeleportDevice' })).toEqual([]);
    expect(validateCommand({ RequestType: '__proto__' })).toEqual([]);
  });

  it('has at most 20 faults, and none repeats a value', () => {
    const faults = validateCommand({ RequestType: 'ScheduleOSUpdate', Updates: Array(5_000).fill('secret') });
    expect(faults).toHaveLength(20);
    expect(JSON.stringify(faults)).not.toContain('secret');
  });
});

describe('a declaration', () => {
  it('is judged by its type', () => {
    const type = 'com.apple.configuration.softwareupdate.enforcement.specific';
    expect(validateDeclaration(type, { TargetOSVersion: '26.1', TargetLocalDateTime: '2026-11-30T02:00:00' })).toEqual(
      [],
    );
    expect(messages(validateDeclaration(type, { TargetOSVersion: 26.1 }))).toEqual([
      'TargetLocalDateTime is missing',
      'TargetOSVersion is no string',
    ]);
    expect(messages(validateDeclaration(type, 'text'))).toEqual([' is no dictionary']);
    expect(validateDeclaration('com.example.new', 'text')).toEqual([]);
  });

  it('has keys that the schema does not know: accepted, and told', () => {
    const settings = 'com.apple.configuration.softwareupdate.settings';
    const payload = { Notifications: true, Deferals: {}, Deferrals: { Major: 1, MajorPeriodInDays: 1 } };
    expect(validateDeclaration(settings, payload)).toEqual([]);
    expect(strangeKeys(settings, payload)).toEqual(['Deferals', 'Deferrals.Major']);
    expect(strangeKeys('com.example.new', payload)).toEqual([]);
    expect(strangeKeys('com.apple.management.properties', { whatever: 1 })).toEqual([]);
  });

  it('keeps to ranges and numbers of members', () => {
    const settings = 'com.apple.configuration.softwareupdate.settings';
    const days = (MajorPeriodInDays: number) =>
      messages(validateDeclaration(settings, { Deferrals: { MajorPeriodInDays } }));
    expect([days(90), days(0), days(91)]).toEqual([
      [],
      ['Deferrals.MajorPeriodInDays is below 1'],
      ['Deferrals.MajorPeriodInDays is above 90'],
    ]);
    const subject = (pair: string[]) =>
      messages(validateDocument('com.apple.credential.scep', { URL: 'https://ca', Subject: [[pair]] }));
    expect(subject(['O', 'Example'])).toEqual([]);
    expect(subject(['O'])).toEqual(['Subject[0][0] has a length below 2']);
  });
});
