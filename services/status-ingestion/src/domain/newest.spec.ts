import { describe, expect, it } from '@jest/globals';
import { newestPerDevice } from './newest.ts';

describe('newestPerDevice', () => {
  it('keeps the highest of each device, sorted by tenant and device', () => {
    const entries = [
      { tenant: 'b', deviceId: '1', n: 1 },
      { tenant: 'a', deviceId: '2', n: 5 },
      { tenant: 'a', deviceId: '2', n: 4 },
      { tenant: 'a', deviceId: '1', n: 1 },
    ];
    const kept = newestPerDevice(entries, (entry) => entry.n);
    expect(kept.map(({ tenant, deviceId, n }) => `${tenant}${deviceId}${n}`)).toEqual(['a11', 'a25', 'b11']);
  });
});
