import { describe, expect, it } from '@jest/globals';
import { plistDictFragment, scheduleOsUpdate } from '@lamplighter/apple';
import { faultsOf } from './body-faults.ts';

const bodyId = '00000000-0000-4000-8000-000000000000';
const faults = (requestType: string, command: string) => faultsOf({ bodyId, requestType, command });

describe('a command body', () => {
  it('is sound when it is what Apple lists, or newer than that', () => {
    const update = scheduleOsUpdate({ updates: [{ productKey: 'k', installAction: 'InstallASAP' }] });
    expect(faults('ScheduleOSUpdate', plistDictFragment(update))).toBe('');
    expect(faults('FromTheFuture', plistDictFragment({ RequestType: 'FromTheFuture' }))).toBe('');
  });

  it.each([
    ['no plist', '<dict><key>RequestType</key>', 'not an acceptable plist'],
    ['more than a dictionary', '<dict/><dict/>', 'not an acceptable plist'],
    ['no dictionary', '<string>DeviceLock</string>', 'no dictionary'],
    ['without RequestType', '<dict/>', 'RequestType is missing'],
    ['of another RequestType', plistDictFragment({ RequestType: 'EraseDevice' }), 'not the DeviceLock'],
  ])('says what is wrong with one that is %s', (_what, command, said) => {
    expect(faults('DeviceLock', command)).toContain(said);
  });

  it('names the place of a fault and never its value', () => {
    const secret = 'tell-nobody';
    const command = plistDictFragment({ RequestType: 'InstallProfile', Payload: secret });
    expect(faults('InstallProfile', command)).toContain('Payload');
    expect(faults('InstallProfile', command)).not.toContain(secret);
  });
});
