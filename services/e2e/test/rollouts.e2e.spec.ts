import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PolicyInput, Rollout } from '@lamplighter/contracts';
import { waitFor } from '@lamplighter/testing';
import { z } from 'zod';
import { factsKnown, openPolicy, type OpenPolicy, rolloutWhen } from '../src/policy.ts';
import { type SecondScheduler, secondScheduler } from '../src/second-scheduler.ts';
import { startWorld, type World } from '../src/world.ts';

const PILOTS = 6;
const TABLETS = 24;
const TELEVISIONS = 12;
const HOUR_MINUTES = 60;

let world: World;
let second: SecondScheduler;
let rings: OpenPolicy;
let televisions: OpenPolicy;
/** What the televisions had been told when their rollout was aborted, and when that was. */
let toldBeforeAbort: Map<string, number>;
let abortedAt: number;
let halted: Rollout;
let after: Rollout;

const entry = (platform: 'iOS' | 'iPadOS' | 'tvOS', behaviour: 'normal' | 'noDisk') => ({
  platform,
  behaviour,
  // Before declarations: each device is told by commands.
  version: '16.5',
});
const ringOf = (rollout: Rollout, name: string) => rollout.rings.find((ring) => ring.name === name)!;

/** Pilots without room for the update, the tablets of the ring after them, and televisions whose rollout is aborted. Two schedulers. */
beforeAll(async () => {
  world = await startWorld({
    factor: 240,
    env: { LAMP_WINDOW_TICK_MS: '100', LAMP_WAVE_TICK_MS: '50', LAMP_CONFIRM_HOURS: '3', LAMP_JOIN_SECONDS: '60' },
    fleet: {
      devices: PILOTS + TABLETS + TELEVISIONS,
      seed: 'rollouts',
      mix: {
        roster: [
          ...Array.from({ length: PILOTS }, () => entry('iOS', 'noDisk')),
          ...Array.from({ length: TABLETS }, () => entry('iPadOS', 'normal')),
          ...Array.from({ length: TELEVISIONS }, () => entry('tvOS', 'normal')),
        ],
        settings: { bandwidthMbit: [250, 300] },
      },
    },
  });
  second = await secondScheduler(world);
  await world.api.ask(z.object({ name: z.literal('pilots') }), 'PUT', '/v1/groups/pilots', {
    any: [{ all: [{ fact: 'platform', operator: 'equals', value: 'iOS' }] }],
  });
  await factsKnown(world);
  const windows = twoEvenings();
  televisions = await openPolicy(world, 0, {
    name: 'televisions',
    windows,
    platforms: ['tvOS'],
    pace: { devicesPerMinute: 1, spread: 1 },
  });
  rings = await openPolicy(world, 0, {
    name: 'in rings',
    windows,
    platforms: ['iOS', 'iPadOS'],
    rings: [
      { name: 'pilots', groups: ['pilots'] },
      { name: 'all', afterDays: 1 },
    ],
    healthGate: { minimumSample: 3 },
  });
  await abortAmid();
  await betweenWindows();
  halted = await rolloutWhen(
    world,
    rings.rolloutId,
    'the ring after the pilots to be halted',
    // The ring is judged first; its devices are told why by the plan of the second window.
    (rollout) => ringOf(rollout, 'all').state === 'halted' && tabletsAre('ring-halted', rollout),
    240_000,
  );
  await resumeAndKill();
  after = await rolloutWhen(
    world,
    rings.rolloutId,
    'every tablet to be installed',
    ({ installed }) => installed === TABLETS,
    240_000,
  );
}, 600_000);
afterAll(async () => {
  await second?.kill();
  await world?.stop();
});

/** Two windows six hours apart between which the date changes: in a zone where it is 18 o'clock now. */
function twoEvenings(): PolicyInput['windows'] {
  const now = new Date(world.clock.now());
  const ahead = ((18 - now.getUTCHours() + 36) % 24) - 12;
  const zone = `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
  const first = {
    start: `18:${now.toISOString().slice(14, 16)}`,
    lengthMinutes: 5 * HOUR_MINUTES,
    stopBeforeMinutes: 0,
    zone,
  };
  return [first, { ...first, start: '00:10', lengthMinutes: 14 * HOUR_MINUTES }];
}

const tabletsAre = (reason: string, { reasons }: Rollout): boolean =>
  reasons.some((one) => one.reason === reason && one.devices === TABLETS);

const of = (platform: string) => [...world.fleet.devices()].filter((device) => device.model.platform === platform);

async function abortAmid(): Promise<void> {
  await waitFor('some televisions to be told', () => of('tvOS').some(({ scheduled }) => scheduled.length > 0), 60_000);
  const answer = await world.api.send('POST', `/v1/rollouts/${televisions.rolloutId}/abort`, {});
  expect(answer.status).toBe(200);
  abortedAt = world.clock.now();
  toldBeforeAbort = new Map(of('tvOS').map(({ udid, scheduled }) => [udid, scheduled.length]));
}

/** The next window does not open before the pilots have shown what they are up to, however slow the machine. */
async function betweenWindows(): Promise<void> {
  const control = (action: string) => world.api.send('POST', `/v1/policies/${rings.policy.policyId}/${action}`, {});
  // What is paused tells no device to download: all of them must have been told.
  await waitFor('the pilots to be told', () => of('iOS').every(({ scheduled }) => scheduled.length > 0), 120_000);
  expect(await control('pause')).toMatchObject({ status: 200 });
  const inTrouble = ({ reasons }: Rollout): boolean =>
    reasons.reduce((sum, { reason, devices }) => sum + (reason === 'insufficient-space' ? devices : 0), 0) === PILOTS;
  await rolloutWhen(world, rings.rolloutId, 'the pilots to have no room', inTrouble, 180_000);
  expect(await control('resume')).toMatchObject({ status: 200 });
}

/** An override lets the halted ring go; while it does, one scheduler is killed. */
async function resumeAndKill(): Promise<void> {
  const resume = (body: object) => world.api.send('POST', `/v1/rollouts/${rings.rolloutId}/resume`, body);
  expect(await resume({})).toMatchObject({ status: 409, body: { error: { code: 'rollout.halted' } } });
  expect(await resume({ override: true })).toMatchObject({ status: 200, body: { overridden: 1 } });
  await rolloutWhen(world, rings.rolloutId, 'tablets under way', ({ progress }) => progress.released > PILOTS, 180_000);
  await second.kill();
}

describe('rings with a bad one', () => {
  it('halt by themselves before anybody else is touched, and say why', () => {
    expect(ringOf(halted, 'pilots')).toMatchObject({ sent: PILOTS, installed: 0 });
    expect(ringOf(halted, 'all')).toMatchObject({ reason: 'failure-rate', sent: 0 });
    expect(ringOf(halted, 'all').detail).toContain('of the rings before it failed');
    expect(halted.reasons).toContainEqual({ state: 'not-eligible', reason: 'ring-halted', devices: TABLETS });
  });

  it('go on where an operator overrides the gate', () => {
    expect(ringOf(after, 'all').overriddenAt).not.toBeNull();
    expect(after.states).toMatchObject({ installed: TABLETS });
  });

  it('tell no device a step twice, with two schedulers of which one is killed', () => {
    expect(world.fleet.summary().violations.twice).toEqual([]);
    for (const { scheduled } of of('iPadOS'))
      expect(scheduled.flatMap(({ outcome }) => (outcome === 'notNow' ? [] : [outcome]))).toEqual([
        'download',
        'install',
      ]);
  });
});

describe('an abort in the middle', () => {
  it('ends what no device has taken, and leaves to its end what some have', async () => {
    const rollout = await rolloutWhen(
      world,
      televisions.rolloutId,
      'the aborted rollout to settle',
      ({ progress, devices }) => progress.settled >= devices,
    );
    expect(rollout.state).toBe('aborted');
    const aborted = rollout.reasons.find(({ reason }) => reason === 'aborted');
    expect(aborted?.devices).toBeGreaterThan(0);
    expect(rollout.installed + rollout.failed).toBe(TELEVISIONS);
  });

  it('tells no further device', () => {
    const untold = [...toldBeforeAbort].filter(([, told]) => told === 0).map(([udid]) => udid);
    expect(untold.length).toBeGreaterThan(0);
    // What a device was handed in the very moment of the abort it may still take.
    const later = of('tvOS').filter(
      ({ udid, scheduled }) =>
        untold.includes(udid) && scheduled.some(({ askedAt }) => askedAt > abortedAt + HOUR_MINUTES * 60_000),
    );
    expect(later).toEqual([]);
  });
});
