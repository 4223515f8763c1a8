import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { buildPlist } from '@lamplighter/apple';
import type { Device } from '@lamplighter/fleet-sim';
import { waitFor } from '@lamplighter/testing';
import { magicOf, tokenOf } from '../../../tools/fleet-sim/src/device/identity.ts';
import { atRest, contentOf } from '../src/content.ts';
import { CHECK_IN, CONNECT, putAs, type Reply } from '../src/device-line.ts';
import { factsKnown } from '../src/policy.ts';
import { startWorld, type World } from '../src/world.ts';

const SEED = 'bad-input';
const BODY_LIMIT = 65_536;
const UNLOCK_TOKEN = Buffer.from('an unlock token that nobody may read');
const UNKNOWN_COMMAND = '0a1b2c3d-0000-4000-8000-00000000beef';

let world: World;
let device: Device;
let other: Device;
let before: Record<string, string>;
const replies: Reply[] = [];

beforeAll(async () => {
  world = await startWorld({
    factor: 1,
    env: { LAMP_GATEWAY_BODY_LIMIT: String(BODY_LIMIT), LAMP_LOG_LEVEL: 'trace' },
    fleet: { devices: 3, seed: SEED, mix: { clientCertificates: 0, behaviours: {} } },
  });
  await factsKnown(world);
  [device, other] = [...world.fleet.devices()] as [Device, Device];
  // A device's escrow, as it should be: what follows must not bring it to light.
  const secrets = {
    Topic: world.fleet.pki.topic,
    Token: tokenOf(SEED, device.index, 1),
    PushMagic: magicOf(SEED, device),
  };
  const update = buildPlist({ MessageType: 'TokenUpdate', UDID: device.udid, ...secrets, UnlockToken: UNLOCK_TOKEN });
  expect(await putAs(world, device, CHECK_IN, update)).toEqual({ status: 200, body: '' });
  await atRest(world);
}, 180_000);
afterAll(() => world?.stop());

beforeEach(async () => {
  before = await contentOf(world);
});

/** Refused with this status and code, told in a log line, and nothing was written. */
async function refused(reply: Reply, status: number, code: string): Promise<void> {
  replies.push(reply);
  expect(reply.status).toBe(status);
  expect(JSON.parse(reply.body)).toMatchObject({ code, message: expect.any(String) });
  await logged('device-gateway', `"code":"${code}"`);
  expect(await contentOf(world)).toEqual(before);
}

const logged = (service: string, part: string): Promise<boolean> =>
  waitFor(`${part} in the log of ${service}`, () => world.log(service).includes(part));

const XML = '<?xml version="1.0" encoding="UTF-8"?>';

describe('the gateway, sent by a device that it knows', () => {
  it('refuses a body that is not a plist', async () => {
    await refused(await putAs(world, device, CONNECT, '{"Status":"Idle"}'), 400, 'plist.not-xml');
  });

  it('refuses entities before they can grow', async () => {
    const bomb = `${XML}<!DOCTYPE plist [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><plist><string>&b;</string></plist>`;
    await refused(await putAs(world, device, CONNECT, bomb), 400, 'plist.doctype-subset');
  });

  it('refuses a plist that nests without end', async () => {
    const deep = `${XML}<plist>${'<array>'.repeat(4_000)}${'</array>'.repeat(4_000)}</plist>`;
    await refused(await putAs(world, device, CONNECT, deep), 400, 'plist.too-deep');
  });

  it('refuses a body above the limit', async () => {
    const large = buildPlist({ UDID: device.udid, Status: 'Idle', Padding: 'x'.repeat(BODY_LIMIT) });
    await refused(await putAs(world, device, CONNECT, large), 413, 'device.body-too-large');
  });

  it('refuses a MessageType that nobody knows', async () => {
    const unknown = buildPlist({ MessageType: 'Abdicate', UDID: device.udid, Topic: world.fleet.pki.topic });
    await refused(await putAs(world, device, CHECK_IN, unknown), 400, 'checkin.unknown-message-type');
  });

  it('refuses the UDID of another device, whatever is said in its name', async () => {
    const idle = buildPlist({ UDID: other.udid, Status: 'Idle' });
    await refused(await putAs(world, device, CONNECT, idle), 403, 'device.wrong-certificate');
    const leave = buildPlist({ MessageType: 'CheckOut', UDID: other.udid, Topic: world.fleet.pki.topic });
    await refused(await putAs(world, device, CHECK_IN, leave), 403, 'device.wrong-certificate');
    const update = buildPlist({
      MessageType: 'TokenUpdate',
      UDID: other.udid,
      Topic: world.fleet.pki.topic,
      Token: tokenOf(SEED, device.index, 1),
      PushMagic: magicOf(SEED, device),
      UnlockToken: UNLOCK_TOKEN,
    });
    await refused(await putAs(world, device, CHECK_IN, update), 403, 'device.wrong-certificate');
  });

  it('takes an answer to a command that never was for what it is, and keeps nothing of it', async () => {
    const stray = buildPlist({ UDID: device.udid, CommandUUID: UNKNOWN_COMMAND, Status: 'Acknowledged' });
    const reply = await putAs(world, device, CONNECT, stray);
    replies.push(reply);
    expect(reply).toEqual({ status: 200, body: '' });
    await logged('command-queue', UNKNOWN_COMMAND);
    expect(await contentOf(world)).toEqual(before);
  });

  it('goes on serving the devices that it knows', async () => {
    const idle = buildPlist({ UDID: device.udid, Status: 'Idle' });
    expect(await putAs(world, device, CONNECT, idle)).toEqual({ status: 200, body: '' });
  });
});

describe('the admin API', () => {
  const impossible: [string, string, object][] = [
    ['that stops before it starts', 'windows.0.stopBeforeMinutes', { lengthMinutes: 60, stopBeforeMinutes: 60 }],
    ['at a time that no day has', 'windows.0.start', { start: '25:00' }],
    ['in a zone that no place has', 'windows.0.zone', { zone: 'Europe/Atlantis' }],
    ['on no day', 'windows.0.days', { days: [] }],
    ['longer than a day', 'windows.0.lengthMinutes', { lengthMinutes: 1_441 }],
  ];
  it.each(impossible)('refuses a policy with a window %s and names %s', async (_what, path, window) => {
    const answer = await world.api.send('POST', '/v1/policies', { name: 'impossible', windows: [window] });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { code: 'input.invalid', message: expect.stringContaining(path) } });
    expect((answer.body as { error: { fields: { path: string }[] } }).error.fields[0]!.path).toBe(path);
    expect(await contentOf(world)).toEqual(before);
  });
});

describe('whatever was sent', () => {
  it('gets no 401, which would make a device leave', () => {
    expect(replies.length).toBeGreaterThan(8);
    expect(replies.map(({ status }) => status)).not.toContain(401);
  });

  it('leaves no token, PushMagic or UnlockToken in a log or, unsealed, in the database', async () => {
    const hidden = [...world.fleet.devices()].flatMap((one) => {
      const token = tokenOf(SEED, one.index, 1);
      const magic = Buffer.from(magicOf(SEED, one));
      return [token, magic, UNLOCK_TOKEN].flatMap((secret) => [secret.toString('hex'), secret.toString('base64')]);
    });
    const plain = [magicOf(SEED, device), UNLOCK_TOKEN.toString()];
    const { rows } = await world.database.query<{ all: string }>(
      `SELECT string_agg(e::text, ' ') AS all FROM command_queue.enrollment e`,
    );
    const places: Record<string, string> = { database: rows[0]!.all };
    for (const [name] of world.product.processes) places[name] = places[name] ?? world.log(name);
    expect(Object.keys(places).length).toBeGreaterThan(8);
    for (const [name, text] of Object.entries(places)) {
      expect({ name, found: [...hidden, ...plain].filter((secret) => text.includes(secret)) }).toEqual({
        name,
        found: [],
      });
    }
  });
});
