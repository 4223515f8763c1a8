import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Device } from '@lamplighter/fleet-sim';
import { waitFor } from '@lamplighter/testing';
import { openPolicy } from '../src/policy.ts';
import { startWorld, type World } from '../src/world.ts';

/** The releases of 2018 and 2019 that the two flows lead to. */
const FEED = JSON.stringify({
  PublicAssetSets: {
    iOS: [{ ProductVersion: '13.0', Build: '17A576', PostingDate: '2019-09-19', SupportedDevices: ['iPhone11,2'] }],
    macOS: [
      { ProductVersion: '10.14', Build: '18A391', PostingDate: '2018-09-24', SupportedDevices: ['MacBookPro14,1'] },
    ],
  },
});
const WINDOW_MINUTES = 6 * 60;

let world: World;
const phone = (): Device => [...world.fleet.devices()][0]!;
const mac = (): Device => [...world.fleet.devices()][1]!;
const told = ({ scheduled }: Device): string[] =>
  scheduled.map(({ productKey, action, outcome }) => `${productKey} ${action}: ${outcome}`);
const verdictOf = async (rolloutId: string, { udid }: Device): Promise<string> => {
  const found = (await world.api.rolloutDevices(rolloutId)).get(udid);
  return [found?.state, found?.reason].filter(Boolean).join(': ');
};
const verdict = (rolloutId: string, device: Device, wanted: string) =>
  waitFor(`${device.model.modelName}: ${wanted}`, async () => (await verdictOf(rolloutId, device)) === wanted, 90_000);

beforeAll(async () => {
  world = await startWorld({
    factor: 240,
    feed: FEED,
    fleet: {
      devices: 2,
      seed: 'known flows',
      mix: {
        roster: [
          {
            platform: 'iOS',
            model: { productName: 'iPhone11,2', modelName: 'iPhone XS' },
            version: '12.4.1',
            build: '16G102',
          },
          {
            platform: 'macOS',
            model: { productName: 'MacBookPro14,1', modelName: 'MacBook Pro' },
            version: '10.12.6',
            build: '16G29',
            behaviour: 'mojave',
            strikes: 3,
          },
        ],
        settings: { bandwidthMbit: [200, 300] },
      },
    },
  });
}, 120_000);
afterAll(() => world?.stop());

/** The tests follow one another through two nights. */
describe('flows that administrators know, by the real protocol', () => {
  let first: string;
  let second: string;

  it('bring an iPhone from 12.4.1 to 13.0: listed, downloaded by Default, installed by Default', async () => {
    ({ rolloutId: first } = await openPolicy(world, WINDOW_MINUTES, { installAction: 'Default' }));
    await verdict(first, phone(), 'installed');
    expect(phone()).toMatchObject({ version: '13.0', build: '17A576' });
    expect(told(phone())).toEqual(['iOSUpdate17A576 Default: download', 'iOSUpdate17A576 Default: install']);
  }, 120_000);

  it('take a Mac of 10.12.6 past the configuration item to the installer, which wants Automated Device Enrollment', async () => {
    await verdict(first, mac(), 'not-eligible: requires-automated-enrollment');
    expect(told(mac())).toEqual(['041-14451 InstallASAP: config', '_OSX_18A391 InstallASAP: error']);
    const { timeline } = await world.api.device(mac().udid);
    expect(timeline.find(({ errorChain }) => errorChain !== undefined)?.errorChain).toMatchObject([
      { ErrorCode: 74, ErrorDomain: 'MDMClientError' },
    ]);
  }, 120_000);

  it('fall back from NotifyOnly to InstallASAP, wait for power, and bring it to Mojave', async () => {
    const before = mac().scheduled.length;
    // Erased and enrolled by Automated Device Enrollment.
    mac().actsAt = world.clock.now();
    world.fleet.fleet.setOnline(mac(), true);
    await waitFor('the Mac to be enrolled again', async () => {
      const { timeline } = await world.api.device(mac().udid);
      return timeline.some(({ text }) => text === 'enrolled (enrollment number 2)');
    });
    ({ rolloutId: second } = await openPolicy(world, WINDOW_MINUTES, {
      name: 'once more',
      precedence: 200,
      platforms: ['macOS'],
      installAction: 'NotifyOnly',
    }));
    await verdict(second, mac(), 'installed');
    expect(mac()).toMatchObject({ version: '10.14', build: '18A391' });
    expect(told(mac()).slice(before)).toEqual(['_OSX_18A391 NotifyOnly: refused', '_OSX_18A391 InstallASAP: download']);
    const { timeline } = await world.api.device(mac().udid);
    const texts = timeline.map(({ text }) => text).join('\n');
    for (const words of ['NotifyOnly is replaced by InstallASAP', 'often it is not on power', 'installed']) {
      expect(texts).toContain(words);
    }
  }, 180_000);
});
