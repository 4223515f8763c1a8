import { describe, expect, it } from '@jest/globals';
import { newestPerDevice, roundsPerDevice } from './newest.ts';

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

describe('roundsPerDevice', () => {
  it('leaves nothing out, the earliest of each device first', () => {
    const said = ['x3', 'y1', 'x1', 'x2'].map((text) => ({ tenant: 't', deviceId: text[0]!, n: Number(text[1]) }));
    const rounds = roundsPerDevice(said, (entry) => entry.n);
    expect(rounds.map((round) => round.map(({ deviceId, n }) => `${deviceId}${n}`))).toEqual([
      ['x1', 'y1'],
      ['x2'],
      ['x3'],
    ]);
  });

  it('has none for nothing', () => {
    expect(roundsPerDevice([], () => 0)).toEqual([]);
  });
});
