import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PolicyInput, Rollout } from '@lamplighter/contracts';
import type { Scheduled } from '@lamplighter/fleet-sim';
import type { Api } from '../src/api.ts';
import { factsKnown, openPolicy, type OpenPolicy, rolloutWhen } from '../src/policy.ts';
import { startWorld, type World } from '../src/world.ts';

const DEVICES = 180;
/** Fifteen seconds of real time: enough for a device to scan, list and be told on a machine with other work. */
const WINDOW_MINUTES = 120;
const FACTOR = 480;
const HOUR_MS = 3_600_000;
const HOURS_APART = 6;
const BEFORE_THE_COMMAND = ['planned', 'scanning', 'available'] as const;

let world: World;
let night: OpenPolicy;
/** The devices' states, and what the devices themselves were told, when the first window had closed. */
let afterFirst: Awaited<ReturnType<Api['rolloutDevices']>>;
let toldInFirst: Map<string, readonly Scheduled[]>;

const windowsOf = ({ windows }: Rollout): Rollout['windows'] =>
  windows.toSorted((a, b) => a.opensAt.localeCompare(b.opensAt));
const closed = (rollout: Rollout, index: number): boolean => windowsOf(rollout)[index]?.state === 'closed';

/** Two windows of two hours, six hours apart. Their policy starts at most one device a minute. */
beforeAll(async () => {
  world = await startWorld({
    factor: FACTOR,
    // By commands alone: declarations are told at any hour.
    env: {
      LAMP_WINDOW_TICK_MS: '100',
      LAMP_WAVE_TICK_MS: '50',
      LAMP_CONFIRM_HOURS: '3',
      LAMP_DDM_SUBSCRIPTIONS: 'off',
    },
    fleet: {
      devices: DEVICES,
      seed: 'window',
      mix: {
        platforms: { macOS: 1, iOS: 2, iPadOS: 1, tvOS: 1 },
        behaviours: {},
        settings: { bandwidthMbit: [250, 300] },
      },
    },
  });
  await factsKnown(world);
  night = await openPolicy(world, WINDOW_MINUTES, { windows: twoWindows(), pace: { devicesPerMinute: 1, spread: 1 } });
  // A scan that was out at the stop ends when the queue has told its expiry, a moment after the window's own end.
  const settled = ({ states }: Rollout): boolean => BEFORE_THE_COMMAND.every((state) => !states[state]);
  const over = (rollout: Rollout): boolean => closed(rollout, 0) && settled(rollout);
  await rolloutWhen(world, night.rolloutId, 'the first window to close and its scans to end', over);
  afterFirst = await world.api.rolloutDevices(night.rolloutId);
  toldInFirst = new Map([...world.fleet.devices()].map(({ udid, scheduled }) => [udid, [...scheduled]]));
  await rolloutWhen(world, night.rolloutId, 'the second window to close', (rollout) => closed(rollout, 1), 120_000);
}, 300_000);
afterAll(() => world?.stop());

function twoWindows(): PolicyInput['windows'] {
  const terms = { lengthMinutes: WINDOW_MINUTES, stopBeforeMinutes: 0, zone: 'UTC' };
  return [0, HOURS_APART].map((hours) => {
    const start = new Date(world.clock.now() + hours * HOUR_MS).toISOString().slice(11, 16);
    return { ...terms, start };
  });
}

describe('a window too short for its fleet', () => {
  it('commands some devices and leaves all others waiting for the next one', () => {
    const untold = [...afterFirst.values()].filter(({ deviceId }) => toldInFirst.get(deviceId)!.length === 0);
    expect(untold.length).toBeGreaterThan(0);
    expect(untold.length).toBeLessThan(DEVICES);
    // Woken at the last moment, a device may not have come in time.
    const reason = expect.stringMatching(/^(window-closed|no-contact)$/);
    for (const device of untold) expect(device).toMatchObject({ state: 'waiting', reason });
  });

  it('tells in the window itself how many it left over, and why', async () => {
    const [first] = windowsOf(await world.api.rollout(night.rolloutId));
    const waiting = [...afterFirst.values()].filter(({ state }) => state === 'waiting');
    expect(first!.carriedOver).toBeGreaterThanOrEqual(DEVICES - WINDOW_MINUTES);
    const { 'window-closed': tooLate = 0 } = first!.leftOver!;
    expect(tooLate).toBeGreaterThanOrEqual(DEVICES - WINDOW_MINUTES);
    expect(waiting.length).toBeGreaterThanOrEqual(DEVICES - WINDOW_MINUTES);
  });

  it('is taken up by the next window, under the same rollout', async () => {
    const rollout = await world.api.rollout(night.rolloutId);
    const [first, second] = windowsOf(rollout);
    expect(Date.parse(second!.opensAt) - Date.parse(first!.opensAt)).toBe(HOURS_APART * HOUR_MS);
    const told = [...world.fleet.devices()].filter(({ scheduled }) => scheduled.length > 0);
    const before = [...toldInFirst.values()].filter((scheduled) => scheduled.length > 0);
    expect(told.length).toBeGreaterThan(before.length);
    expect(rollout.installed).toBeGreaterThan(
      [...afterFirst.values()].filter(({ state }) => state === 'installed').length,
    );
  });

  it('hands out nothing between the stop of one window and the opening of the next', async () => {
    const windows = windowsOf(await world.api.rollout(night.rolloutId));
    const outside = [...world.fleet.devices()].flatMap(({ scheduled }) =>
      scheduled.filter(
        ({ askedAt }) =>
          !windows.some(({ opensAt, stopsAt }) => Date.parse(opensAt) <= askedAt && askedAt < Date.parse(stopsAt)),
      ),
    );
    expect(outside).toEqual([]);
    expect(world.fleet.summary().violations.twice).toEqual([]);
  });
});
