import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device } from '@lamplighter/fleet-sim';
import { waitFor } from '@lamplighter/testing';
import { factsKnown, openPolicy, type OpenPolicy, rolloutWhen } from '../src/policy.ts';
import { startWorld, type World } from '../src/world.ts';

const NEWEST = '27.1';
const MINUTE = 60_000;
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
/** A security improvement on top of the iPhones' release. */
const IMPROVED = '24B771100a';
const PublicBackgroundSecurityImprovements = {
  iOS: [
    {
      ...release(IMPROVED, phone.productName),
      ProductVersionExtra: '(a)',
      PrerequisiteBuild: '24B100',
    },
  ],
};
const FEED = JSON.stringify({
  PublicAssetSets: { iOS, macOS },
  AssetSets: { iOS, macOS },
  PublicBackgroundSecurityImprovements,
});

const weak = (version: string, behaviour: 'noNetwork' | 'offAtDeadline', strikes: number) =>
  ({ platform: 'iOS', model: phone, version, behaviour, strikes, lane: 'ddm' }) as const;

/** From before there were declarations to the OS that takes nothing else. */
const FLEET = {
  'iOS 12.5': { platform: 'iOS', model: phone, version: '12.5.7', lane: 'mdm' },
  'iOS 16.7': { platform: 'iOS', model: phone, version: '16.7', lane: 'mdm' },
  'iOS 17.5': { platform: 'iOS', model: phone, version: '17.5', lane: 'ddm' },
  'iOS 18.6': { platform: 'iOS', model: phone, version: '18.6', lane: 'ddm' },
  'iOS 27.0': { platform: 'iOS', model: phone, version: '27.0', lane: 'ddm' },
  'iOS 27.0, no space': { platform: 'iOS', model: phone, version: '27.0', behaviour: 'noDisk', lane: 'ddm' },
  'iOS 27.0, no network': { platform: 'iOS', model: phone, version: '27.0', behaviour: 'noNetwork', lane: 'ddm' },
  'iOS 18.6, back on the network': weak('18.6', 'noNetwork', 1),
  'iOS 27.0, broken downloads': {
    platform: 'iOS',
    model: phone,
    version: '27.0',
    behaviour: 'downloadFails',
    lane: 'ddm',
  },
  'iOS 27.0, broken': { platform: 'iOS', model: phone, version: '27.0', behaviour: 'installFails', lane: 'ddm' },
  'iOS 27.0, on the phone': { platform: 'iOS', model: phone, version: '27.0', behaviour: 'onCall', lane: 'ddm' },
  'iOS 27.0, off at its time': weak('27.0', 'offAtDeadline', 1),
  'iOS 27.1, at its base': { platform: 'iOS', model: phone, version: NEWEST, build: '24B100', lane: 'ddm' },
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

/** The others are installed, also those that failed, were off, or had no network for a time. */
const FAILED: Partial<Record<Name, string>> = {
  'iOS 27.0, no space': 'ddm failed: insufficient-space',
  'iOS 27.0, no network': 'ddm failed: insufficient-network',
  'iOS 27.0, broken downloads': 'ddm failed: download-failed',
  'iOS 27.0, broken': 'ddm failed: install-failed',
  'iOS 27.0, on the phone': 'ddm failed: phone-call-in-progress',
};

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
        settings: {
          bandwidthMbit: [200, 300],
          statusReportMs: [1_000, 5_000],
          offlineForMs: [10 * MINUTE, 20 * MINUTE],
        },
      },
    },
  });
  await factsKnown(world);
  await waitFor('capabilities', async () => (await declaring()).length >= inLane('ddm').length, 60_000);
  night = await openPolicy(world, 240, {
    enforcement: { announceDays: 0 },
    target: { kind: 'newest', securityResponses: true },
  });
  // It is settled with its base, and then goes on.
  await waitFor('both of iOS 17.5', async () => device('iOS 17.5').supplement, 240_000);
  await rolloutWhen(
    world,
    night.rolloutId,
    'every device to settle',
    ({ progress, devices: all }) => all > 0 && progress.settled === all,
    240_000,
  );
}, 420_000);
afterAll(() => world?.stop());

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
      ...FAILED,
    });
    for (const name of NAMES.filter((one) => !(one in FAILED)))
      expect([name, device(name).version]).toEqual([name, NEWEST]);
  });

  it('waits for a device that was off when it should have installed', () => {
    const off = device('iOS 27.0, off at its time');
    expect(off.strikes).toBe(0);
    expect(off.installedAt).toBeGreaterThan(off.offlineUntil);
  });

  it('brings a security improvement with the release from iOS 18 on, after it in the same night before, and to who has the release', () => {
    const supplement = { build: IMPROVED, extra: '(a)' };
    for (const name of ['iOS 27.1, at its base', 'iOS 17.5', 'iOS 18.6', 'iOS 27.0'] as const)
      expect([name, device(name)]).toMatchObject([name, { version: NEWEST, build: '24B100', supplement }]);
  });

  it('sends no update command to a device that is told by declaration, and no enforcement to the others', () => {
    for (const name of inLane('ddm')) expect([name, device(name).scheduled]).toEqual([name, []]);
    for (const name of inLane('mdm')) expect([name, device(name).enforced]).toEqual([name, 0]);
    for (const name of inLane('ddm'))
      expect([name, device(name).enforced]).toEqual([name, name === 'iOS 17.5' ? 2 : 1]);
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
