import { describe, expect, it } from '@jest/globals';
import { Catalog } from '../catalog.ts';
import { newDevice, type World } from '../device.ts';
import { parseMix } from '../mix.ts';
import { newDdm } from './ddm.ts';
import { step } from './enforcement.ts';

describe('an enforcement', () => {
  it('waits for a device that is off at its deadline, also when the clock moves while that is looked at', () => {
    const deadline = Date.parse('2026-10-01T02:00:00Z');
    let now = deadline;
    const mix = parseMix({ roster: [{ platform: 'iOS', behaviour: 'offAtDeadline', strikes: 1 }] });
    const world: World = { seed: 'off', mix, catalog: Catalog.sample(), now: () => (now += 240) };
    const device = newDevice(world, 0);
    const ddm = newDdm(device.version);
    ddm.enforcement = {
      declaration: { kind: 'configuration', type: 'any', identifier: 'one', serverToken: '1', payload: {} },
      version: '27.1',
      build: undefined,
      local: '2026-10-01T02:00:00',
      deadline,
      state: 'prepared',
      actsAt: deadline,
      missed: false,
    };
    step(device, world, ddm);
    expect(device.strikes).toBe(0);
    expect(ddm.enforcement).toMatchObject({ state: 'prepared', missed: true });
  });
});
