import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device } from '@lamplighter/fleet-sim';
import { waitFor } from '@lamplighter/testing';
import { factsKnown, openPolicy, type OpenPolicy, rolloutWhen } from '../src/policy.ts';
import { startWorld, type World } from '../src/world.ts';

const NEWEST = '27.1';
const phone = { productName: 'iPhone99,1', modelName: 'iPhone' };
const pad = { productName: 'iPad99,1', modelName: 'iPad' };
const tv = { productName: 'AppleTV99,1', modelName: 'Apple TV' };
const mac = { productName: 'Mac99,1', modelName: 'MacBook Pro', board: 'J999AP' };

const release = (build: string, ...devices: string[]) => ({
  ProductVersion: NEWEST,
  Build: build,
  PostingDate: '2026-09-20',
  SupportedDevices: devices,
});
const iOS = [release('24B100', phone.productName, pad.productName, tv.productName)];
const macOS = [release('26B100', mac.board)];
const FEED = JSON.stringify({ PublicAssetSets: { iOS, macOS }, AssetSets: { iOS, macOS } });

/** From before there were declarations to the OS that takes nothing else. */
const FLEET = {
  'iOS 12.5': { platform: 'iOS', model: phone, version: '12.5.7', lane: 'mdm' },
  'iOS 16.7': { platform: 'iOS', model: phone, version: '16.7', lane: 'mdm' },
  'iOS 17.5': { platform: 'iOS', model: phone, version: '17.5', lane: 'ddm' },
  'iOS 18.6': { platform: 'iOS', model: phone, version: '18.6', lane: 'ddm' },
  'iOS 27.0': { platform: 'iOS', model: phone, version: '27.0', lane: 'ddm' },
  'iOS 27.0, no space': { platform: 'iOS', model: phone, version: '27.0', behaviour: 'noDisk', lane: 'ddm' },
  'iPadOS 16.1': { platform: 'iPadOS', model: pad, version: '16.1', lane: 'mdm' },
  'iPadOS 26.2': { platform: 'iPadOS', model: pad, version: '26.2', lane: 'ddm' },
  'tvOS 17.6': { platform: 'tvOS', model: tv, version: '17.6', lane: 'mdm' },
  'tvOS 18.5': { platform: 'tvOS', model: tv, version: '18.5', lane: 'ddm' },
  'macOS 12.7': { platform: 'macOS', model: mac, version: '12.7.1', lane: 'mdm' },
  'macOS 13.6': { platform: 'macOS', model: mac, version: '13.6', lane: 'mdm' },
  'macOS 14.5': { platform: 'macOS', model: mac, version: '14.5', lane: 'ddm' },
  'macOS 15.5, weak': { platform: 'macOS', model: mac, version: '15.5', behaviour: 'noPower', strikes: 1, lane: 'ddm' },
  'macOS 27.0': { platform: 'macOS', model: mac, version: '27.0', lane: 'ddm' },
} as const;
type Name = keyof typeof FLEET;
const NAMES = Object.keys(FLEET) as Name[];

let world: World;
let night: OpenPolicy;
const device = (name: Name): Device => [...world.fleet.devices()][NAMES.indexOf(name)]!;
const inLane = (lane: string): Name[] => NAMES.filter((name) => FLEET[name].lane === lane);

async function declaring(): Promise<string[]> {
  const { rows } = await world.database.query<{ id: string }>(
    'SELECT device_id AS id FROM status_ingestion.device_ddm_v1 WHERE supports_enforcement',
  );
  return rows.map(({ id }) => id);
}

/** A night in a minute: one policy for all of them. */
beforeAll(async () => {
  world = await startWorld({
    factor: 240,
    env: { LAMP_CONFIRM_HOURS: '2' },
    feed: FEED,
    fleet: {
      devices: NAMES.length,
      seed: 'mixed',
      mix: {
        roster: Object.values(FLEET).map(({ lane: _lane, ...entry }) => entry),
        // A Mac does not tell its zone: this one's is that of the window.
        zones: { UTC: 1 },
        settings: { bandwidthMbit: [200, 300], statusReportMs: [1_000, 5_000] },
      },
    },
  });
  await factsKnown(world);
  await waitFor('capabilities', async () => (await declaring()).length >= inLane('ddm').length, 60_000);
  night = await openPolicy(world, 180, { enforcement: { announceDays: 0 } });
  await rolloutWhen(
    world,
    night.rolloutId,
    'every device to settle',
    ({ progress, devices: all }) => all > 0 && progress.settled === all,
    240_000,
  );
}, 420_000);
afterAll(() => world?.stop(), 60_000);

describe('a mixed fleet, from iOS 12 to OS 27', () => {
  it('is updated by one policy, each device in its own lane', async () => {
    const { rows } = await world.database.query<{ id: string; lane: string; state: string; reason: string | null }>(
      'SELECT device_id AS id, lane, state, reason FROM update_scheduler.device_update_v1',
    );
    const seen = NAMES.map((name) => {
      const { lane, state, reason } = rows.find(({ id }) => id === device(name).udid)!;
      return [name, `${lane} ${state}${reason === null ? '' : `: ${reason}`}`];
    });
    const expected = NAMES.map((name) => [name, `${FLEET[name].lane} installed`]);
    expect(Object.fromEntries(seen)).toEqual({
      ...Object.fromEntries(expected),
      'iOS 27.0, no space': 'ddm failed: insufficient-space',
    });
    for (const name of NAMES.filter((one) => !one.endsWith('no space'))) expect(device(name).version).toBe(NEWEST);
  });

  it('sends no update command to a device that is told by declaration, and no enforcement to the others', () => {
    for (const name of inLane('ddm')) expect([name, device(name).scheduled]).toEqual([name, []]);
    for (const name of inLane('mdm')) expect([name, device(name).enforced]).toEqual([name, 0]);
    for (const name of inLane('ddm')) expect([name, device(name).enforced]).toEqual([name, 1]);
  });

  it('takes each declaration back when its update is over', async () => {
    const held = () =>
      NAMES.flatMap((name) => (device(name).ddm?.declarations ?? []).map(({ identifier }) => identifier)).filter(
        (one) => one.startsWith('io.lamplighter.update.'),
      );
    await waitFor('all to drop it', async () => held().length === 0, 60_000);
    expect(held()).toEqual([]);
  });
});
