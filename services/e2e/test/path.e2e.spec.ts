import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { classifyErrorChain } from '@lamplighter/apple';
import type { Device as DeviceView } from '@lamplighter/contracts';
import type { Behaviour, Device } from '@lamplighter/fleet-sim';
import { waitFor } from '@lamplighter/testing';
import { factsKnown, openPolicy, type OpenPolicy, rolloutWhen } from '../src/policy.ts';
import { hopsIn, roundTrip } from '../src/story.ts';
import { startWorld, type World } from '../src/world.ts';

const behaviours = {
  notNow: 0.1,
  errorChain: 0.1,
  silentAfterRestart: 0.08,
  duplicateAnswers: 0.08,
  dropConnection: 0.1,
  reEnroll: 0.1,
  upToDate: 0.05,
};
const MINUTE = 60_000;
const PLATFORMS = ['macOS', 'iOS', 'iPadOS', 'tvOS'];

let world: World;
let night: OpenPolicy;
let away: Device[];

const devices = (): Device[] => [...world.fleet.devices()];
const those = (behaviour: Behaviour): Device[] => devices().filter((one) => one.behaviour === behaviour);
const present = (behaviour: Behaviour): Device[] => those(behaviour).filter((one) => !away.includes(one));
const view = (device: Device): Promise<DeviceView> => world.api.device(device.udid);
const updateOf = async (device: Device): Promise<DeviceView['updates'][number]> => (await view(device)).updates[0]!;

/** A night in a minute, for a fleet with every weakness. */
beforeAll(async () => {
  world = await startWorld({
    factor: 240,
    // By commands alone: what the declarative lane does is shown elsewhere.
    env: { LAMP_CONFIRM_HOURS: '0.5', LAMP_DDM_SUBSCRIPTIONS: 'off' },
    fleet: {
      devices: 48,
      seed: 'path',
      mix: {
        platforms: { macOS: 1, iOS: 1, iPadOS: 1, tvOS: 1 },
        behaviours,
        settings: { bandwidthMbit: [200, 300], errorTimes: [1000, 1000], reEnrollAfterMs: [40 * MINUTE, 70 * MINUTE] },
      },
    },
  });
  await factsKnown(world);
  away = ['macOS', 'iOS'].map((platform) => those('normal').find((one) => one.model.platform === platform)!);
  for (const device of away) world.fleet.fleet.setOnline(device, false);
  night = await openPolicy(world, 150);
  await rolloutWhen(
    world,
    night.rolloutId,
    'every device to settle',
    // Before it is planned a rollout has no devices, and all of none are settled.
    ({ progress, devices: all }) => all > 0 && progress.settled === all,
  );
}, 180_000);
afterAll(() => world?.stop());

describe('one night of a fleet', () => {
  it('has devices of all platforms and of every weakness', () => {
    expect(new Set(devices().map((one) => one.model.platform))).toEqual(new Set(PLATFORMS));
    for (const behaviour of Object.keys(behaviours)) expect(present(behaviour as Behaviour)).not.toHaveLength(0);
  });

  it('brings every device that can be reached to the newest release', async () => {
    const states = await world.api.rolloutDevices(night.rolloutId);
    for (const behaviour of [
      'normal',
      'upToDate',
      'notNow',
      'duplicateAnswers',
      'dropConnection',
      'reEnroll',
    ] as const) {
      const found = present(behaviour).map(({ udid }) => ({ behaviour, udid, state: states.get(udid)?.state }));
      expect(found).toEqual(found.map((one) => ({ ...one, state: 'installed' })));
    }
  });

  it('tells each device each step once, and nothing after the stop time', () => {
    const summary = world.fleet.summary({ from: night.opensAt, stopAt: night.stopsAt });
    expect(summary.violations).toEqual({ missed: [], twice: [], afterStop: [] });
    for (const { scheduled } of present('normal')) {
      expect(new Set(scheduled.map(({ commandUuid }) => commandUuid)).size).toBe(scheduled.length);
    }
  });

  it('tells iOS, iPadOS and tvOS devices two steps and Macs one', () => {
    for (const device of present('normal')) {
      const steps = device.scheduled.map(({ outcome }) => outcome);
      expect(steps).toEqual(device.model.platform === 'macOS' ? ['download'] : ['download', 'install']);
    }
  });

  it('never answers 401, and pushes only what APNs accepts, but for tokens that a new enrollment replaced', () => {
    const { sessions, apns } = world.fleet.summary();
    expect(sessions).toMatchObject({ unauthorized: 0, unrecognized: 0, badReplies: 0 });
    expect(Object.keys(apns.answers).filter((answer) => answer !== '200' && answer !== 'Unregistered')).toEqual([]);
  });

  it('counts in the fleet view what the devices themselves recorded', async () => {
    const rollout = await world.api.rollout(night.rolloutId);
    const { totals } = world.fleet.summary();
    const silent = present('silentAfterRestart').length;
    expect(rollout.installed).toBe(totals.updated - silent + present('upToDate').length);
    expect(await world.api.handOvers(night.rolloutId)).toMatchObject({ lastAt: expect.any(String), afterStop: 0 });
  });
});

describe('the timeline of a device', () => {
  it('holds each hop of a Mac in order, with the id of its trace', async () => {
    const mac = present('normal').find((one) => one.model.platform === 'macOS')!;
    const { timeline, updates } = await view(mac);
    const hops = hopsIn(timeline, [
      'enrolled: enrolled',
      'update: planned → planned',
      'update: planned → scanning',
      ...roundTrip('ScheduleOSUpdateScan'),
      ...roundTrip('AvailableOSUpdates'),
      'update: scanning → available',
      'queued: ScheduleOSUpdate queued',
      'handed-over: ScheduleOSUpdate handed over',
      'answer: ScheduleOSUpdate answered Acknowledged',
      'update: available → downloading',
      ...roundTrip('OSUpdateStatus'),
      'answer: DeviceInformation answered Acknowledged',
      'update: ',
    ]);
    expect(updates[0]!.traceId).toMatch(/^[0-9a-f]{32}$/);
    for (const hop of hops.slice(2)) expect(hop).toMatchObject({ traceId: updates[0]!.traceId });
    expect(hops.at(-1)!.text).toContain('→ installed');
  });

  it('holds both steps of an iPhone in order, with the id of its trace', async () => {
    const phone = present('normal').find((one) => one.model.platform === 'iOS')!;
    const { timeline, updates } = await view(phone);
    const hops = hopsIn(timeline, [
      'enrolled: enrolled',
      'update: planned → scanning',
      ...roundTrip('AvailableOSUpdates'),
      'update: scanning → available',
      'queued: ScheduleOSUpdate queued',
      'handed-over: ScheduleOSUpdate handed over',
      'answer: ScheduleOSUpdate answered Acknowledged',
      'update: available → downloading',
      ...roundTrip('OSUpdateStatus'),
      'update: downloading → downloaded',
      'queued: ScheduleOSUpdate queued',
      'handed-over: ScheduleOSUpdate handed over',
      'answer: ScheduleOSUpdate answered Acknowledged',
      'update: downloaded → installing',
      'queued: OSUpdateStatus queued',
      'answer: DeviceInformation answered Acknowledged',
      'update: ',
    ]);
    for (const hop of hops.slice(1)) expect(hop).toMatchObject({ traceId: updates[0]!.traceId });
    expect(timeline.at(-1)!.text).toContain('→ installed');
  });
});

describe('a device that is not at its best', () => {
  it('is kept its command while it says NotNow', async () => {
    for (const device of present('notNow')) {
      const { timeline } = await view(device);
      expect(timeline.some(({ text }) => /answered NotNow/.test(text))).toBe(true);
    }
  });

  it('keeps its own error chain, unchanged, beside the reason why it failed', async () => {
    for (const device of present('errorChain')) {
      const { timeline, updates } = await view(device);
      const chain = device.scheduled[0]!.answer!['ErrorChain'];
      const { class: reason } = classifyErrorChain(chain as Parameters<typeof classifyErrorChain>[0]);
      expect(['failed', 'not-eligible']).toContain(updates[0]!.state);
      expect(updates[0]).toMatchObject({ reason });
      expect(timeline.find((entry) => entry.errorChain !== undefined)).toMatchObject({ errorChain: chain });
    }
  });

  it('is called silent when it is not heard of after its restart', async () => {
    for (const device of present('silentAfterRestart')) {
      expect(await updateOf(device)).toMatchObject({ state: 'failed', reason: 'silent-after-restart' });
    }
  });

  it('waits for the next window while it is offline, and was told nothing', async () => {
    for (const device of away) {
      expect(device.scheduled).toEqual([]);
      expect(await updateOf(device)).toMatchObject({ state: 'waiting', reason: 'no-contact' });
    }
  });

  it('is believed once when it answers twice', () => {
    expect(world.fleet.summary().sessions.duplicates).toBeGreaterThan(0);
    for (const { scheduled } of present('duplicateAnswers')) {
      expect(scheduled.filter(({ outcome }) => outcome === 'again')).toEqual([]);
    }
  });

  it('repeats its answer when the connection breaks, and is not told again', async () => {
    expect(world.fleet.summary().sessions.dropped).toBeGreaterThan(0);
    // The last one may have broken just now: its device comes back after a pause.
    await waitFor('every broken answer to be repeated', () => {
      const { dropped, retries } = world.fleet.summary().sessions;
      return retries >= dropped;
    });
    for (const { scheduled } of present('dropConnection')) {
      expect(scheduled.filter(({ outcome }) => outcome === 'again')).toEqual([]);
    }
  });

  it('goes on under its new identity after it enrolled again', async () => {
    for (const device of present('reEnroll')) {
      expect(device.generation).toBe(2);
      const { timeline } = await view(device);
      expect(timeline.some(({ text }) => text === 'enrolled (enrollment number 2)')).toBe(true);
    }
  });
});
