import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandPage, Source } from '@lamplighter/contracts';
import { type Device, type FleetHandle, newPki, startFleet } from '@lamplighter/fleet-sim';
import { waitFor } from '@lamplighter/testing';
import { NanoServer } from '../src/nano-server.ts';
import { openPolicy, type OpenPolicy, rolloutWhen } from '../src/policy.ts';
import { startWorld, type World } from '../src/world.ts';

const DEVICES = 10;
const NATIVE = 2;
const KEY = 'hmac-key';
const mix = { platforms: { macOS: 1, iOS: 1 }, behaviours: { notNow: 0.2 }, settings: { bandwidthMbit: [200, 300] } };

let world: World;
let nano: NanoServer;
let fleet: FleetHandle;
let night: OpenPolicy;

/** A night for a fleet of which most is enrolled with NanoMDM, and stays there. */
beforeAll(async () => {
  world = await startWorld({
    factor: 120,
    // By commands alone: these are what is handed to NanoMDM.
    env: { LAMP_DDM_SUBSCRIPTIONS: 'off' },
    fleet: { devices: NATIVE, seed: 'native', mix: { ...mix, behaviours: {} } },
  });
  const pki = newPki('com.apple.mgmt.External.nano');
  const hook = { url: `${world.product.urls.admin}/v1/webhook/nano`, key: KEY };
  nano = new NanoServer({ pki, hook, apnsUrl: () => fleet.apnsUrl, now: () => new Date(world.clock.now()) });
  await nano.start();
  const source = { kind: 'nanomdm', url: nano.api.url, apiKey: nano.api.apiKey, webhookKey: KEY };
  await world.api.ask(Source, 'PUT', '/v1/sources/nano', source);
  const server = { server: nano.devices.url, serverCa: nano.devices.ca };
  fleet = await startFleet({ ...server, devices: DEVICES, seed: 'beside', pki, mix, clock: world.clockSetting });
  await waitFor('all devices', async () => (await world.api.fleet()).enrolled === DEVICES + NATIVE, 60_000);
  night = await openPolicy(world, 180);
  await rolloutWhen(
    world,
    night.rolloutId,
    'every device to settle',
    ({ progress, devices }) => devices === DEVICES + NATIVE && progress.settled === devices,
    120_000,
  );
}, 300_000);
afterAll(async () => {
  await fleet?.stop();
  await nano?.stop();
  await world?.stop();
});

const devices = (): Device[] => [...fleet.devices()];

describe('devices that are enrolled with NanoMDM', () => {
  it('are brought to the newest release, as those of our own', async () => {
    const states = await world.api.rolloutDevices(night.rolloutId);
    expect(states.size).toBe(DEVICES + NATIVE);
    expect([...states.values()].filter(({ state }) => state !== 'installed')).toEqual([]);
    expect(fleet.summary().totals.updated).toBe(DEVICES);
  });

  it('are told each step once, and nothing after the stop time', () => {
    const { violations } = fleet.summary({ from: night.opensAt, stopAt: night.stopsAt });
    expect(violations).toEqual({ missed: [], twice: [], afterStop: [] });
    for (const { scheduled } of devices()) {
      expect(new Set(scheduled.map(({ commandUuid }) => commandUuid)).size).toBe(scheduled.length);
    }
  });

  it('are told through NanoMDM alone: no push and no hand-over from here', async () => {
    const ids = devices().map(({ udid }) => udid);
    const text = 'SELECT count(*)::int AS n FROM apns_push.push WHERE device_id = ANY($1)';
    expect((await world.database.query<{ n: number }>(text, [ids])).rows).toEqual([{ n: 0 }]);
    for (const id of ids) {
      const { items } = await world.api.ask(CommandPage, 'GET', `/v1/devices/${id}/commands?limit=1000`);
      const handed = items.filter(({ sentCount }) => sentCount > 0);
      expect(handed.length).toBeGreaterThan(1);
      expect(handed.filter(({ handedTo }) => handedTo !== 'nanomdm')).toEqual([]);
      const { timeline } = await world.api.device(id);
      expect(timeline.map(({ text: said }) => said)).toContain('ScheduleOSUpdate handed to nanomdm');
    }
  });

  it('had all their events taken', async () => {
    expect(new Set(nano.api.relayed)).toEqual(new Set([200]));
    const { events, devices: known } = await world.api.ask(Source, 'GET', '/v1/sources/nano');
    expect(known).toBe(DEVICES);
    expect(events.taken).toBeGreaterThan(DEVICES * 5);
  });
});
