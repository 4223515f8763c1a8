import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DdmServer } from '../../testing/ddm-server.ts';
import type { Declared } from '../../testing/ddm-server.ts';
import { Catalog } from '../catalog.ts';
import { newDevice } from '../device.ts';
import type { Device, World } from '../device.ts';
import { parseMix } from '../mix.ts';
import { newDdm } from './ddm.ts';
import { talk, tokenIn } from './talk.ts';

class LineBroke extends Error {}

const catalog = Catalog.sample();
const mix = parseMix({ platforms: { macOS: 1 }, startVersions: { macOS: [{ version: '15.5', build: '24F74' }] } });
let now: number;
const world: World = { seed: 'talk', mix, catalog, now: () => now };
let server: DdmServer;

beforeEach(() => {
  now = Date.UTC(2026, 9, 1);
  server = new DdmServer();
});

function managed(): Device {
  const device = newDevice(world, 0);
  return Object.assign(device, { phase: 'enrolled', ddm: newDdm(device.version) });
}

/** Tells the device that something changed, as the command does, and lets it talk. `breaksAfter`: the line, so many messages later. */
async function tellAndTalk(device: Device, breaksAfter = Infinity): Promise<void> {
  const ddm = device.ddm!;
  ddm.announced = tokenIn(server.tokens(device.udid));
  ddm.syncAt = now;
  let left = breaksAfter;
  const ask = async (endpoint: string, data?: string) => {
    const { status, body } = server.answer(device.udid, endpoint, data === undefined ? undefined : Buffer.from(data));
    if (left-- <= 0) throw new LineBroke(); // the server has it, the device does not know
    return { status, body: Buffer.from(body) };
  };
  const counts = { syncs: 0, declarations: 0, statusReports: 0 };
  now += 60_000;
  await talk(device, world, ddm, { ask, counts, shared: new Map() }).catch((error: unknown) => {
    if (!(error instanceof LineBroke)) throw error;
  });
}

const test = (name: string, Echo: number): Declared => ({
  Type: 'com.apple.configuration.management.test',
  Identifier: name,
  Payload: { Echo: String(Echo) },
});
const activation = (names: readonly string[]): Declared => ({
  Type: 'com.apple.activation.simple',
  Identifier: 'activation',
  Payload: { StandardConfigurations: names },
});
const sets = fc
  .dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(2))
  .map((all): Declared[] => [
    ...Object.entries(all).map(([name, echo]) => test(name, echo)),
    ...(Object.keys(all).length === 0 ? [] : [activation(Object.keys(all).toSorted())]),
  ]);

interface Reported {
  identifier: string;
  active: boolean;
}

describe('a device and its server', () => {
  it('agree in the end, whatever was assigned in between and wherever the line broke', async () => {
    const steps = fc.array(fc.record({ set: sets, breaksAfter: fc.nat(6) }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        server = new DdmServer();
        const device = managed();
        for (const { set, breaksAfter } of all) {
          server.assign(device.udid, ...set);
          await tellAndTalk(device, breaksAfter);
        }
        const last = all.at(-1)!.set;
        await tellAndTalk(device);
        const has = device.ddm!.declarations.map(({ type, identifier, payload }) => [type, identifier, payload]);
        expect(new Set(has.map((one) => JSON.stringify(one)))).toEqual(
          new Set(last.map(({ Type, Identifier, Payload }) => JSON.stringify([Type, Identifier, Payload]))),
        );
        const told = server.said(device.udid, 'management.declarations').at(-1) as Record<string, Reported[]>;
        const active = told['configurations']!.filter((one) => one.active).map(({ identifier }) => identifier);
        const wanted = last.map(({ Identifier }) => Identifier).filter((one) => one !== 'activation');
        expect(active.toSorted()).toEqual(wanted.toSorted());
      }),
    );
  });

  it('exchange nothing where nothing changed', async () => {
    const device = managed();
    server.assign(device.udid, test('a', 1), activation(['a']));
    await tellAndTalk(device);
    server.asked.length = 0;
    await tellAndTalk(device);
    expect(server.asked).toEqual([]);
  });

  it('exchange one declaration where one changed', async () => {
    const device = managed();
    server.assign(device.udid, test('a', 1), test('b', 1), activation(['a', 'b']));
    await tellAndTalk(device);
    server.asked.length = 0;
    server.assign(device.udid, test('a', 1), test('b', 2), activation(['a', 'b']));
    await tellAndTalk(device);
    expect(server.asked.map(({ endpoint }) => endpoint)).toEqual([
      'declaration-items',
      'declaration/configuration/b',
      'status',
    ]);
  });
});
