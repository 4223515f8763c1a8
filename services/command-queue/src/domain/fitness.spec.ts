import { describe, expect, it } from '@jest/globals';
import { type DeviceTraits, unfitTraits } from './fitness.ts';

const mac: DeviceTraits = {
  kind: 'device',
  platform: 'macOS',
  osVersion: '15.6',
  isSupervised: true,
  productName: null,
};
const reasonFor = (requestType: string, traits: Partial<DeviceTraits>) =>
  unfitTraits(requestType, { ...mac, ...traits })?.reason;

describe('what devices take', () => {
  it.each([
    ['ScheduleOSUpdate', {}, undefined],
    ['ScheduleOSUpdate', { osVersion: '27.0' }, 'removed'],
    ['ScheduleOSUpdate', { isSupervised: false }, 'not-supervised'],
    ['ScheduleOSUpdate', { isSupervised: null }, undefined],
    ['ScheduleOSUpdate', { osVersion: null }, undefined],
    ['ScheduleOSUpdate', { platform: 'watchOS', osVersion: '10.0' }, 'platform'],
    ['ScheduleOSUpdateScan', { platform: 'iOS', osVersion: '18.1' }, 'platform'],
    ['ScheduleOSUpdate', { kind: 'user' }, 'channel'],
    [
      'ScheduleOSUpdate',
      { platform: 'iOS', osVersion: '18.1', kind: 'user-enrollment', isSupervised: null },
      'user-enrollment',
    ],
    ['NewerThanOurSchema', { osVersion: '27.0' }, undefined],
  ] as const)('%s of %j: %s', (requestType, traits, reason) => {
    expect(reasonFor(requestType, traits)).toBe(reason);
  });

  it('takes the platform from what Authenticate said where no report tells it', () => {
    const fresh = { platform: null, osVersion: '18.1', productName: 'iPhone15,2' };
    expect(reasonFor('ScheduleOSUpdateScan', fresh)).toBe('platform');
    expect(reasonFor('ScheduleOSUpdateScan', { ...fresh, productName: null })).toBeUndefined();
  });
});
