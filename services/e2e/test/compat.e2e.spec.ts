import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildPlist } from '@lamplighter/apple';
import { type CommandItem, CommandPage, SentCommand } from '@lamplighter/contracts';
import { waitFor } from '@lamplighter/testing';
import { randomUUID } from 'node:crypto';
import { factsKnown } from '../src/policy.ts';
import { startWorld, type World } from '../src/world.ts';

const STRANGER = '00000000-0000-4000-8000-00000000beef';
let world: World;
let ids: string[];

beforeAll(async () => {
  world = await startWorld({ factor: 1, fleet: { devices: 2, mix: { behaviours: {} } } });
  await factsKnown(world);
  ids = [...world.fleet.devices()].map(({ udid }) => udid);
}, 120_000);
afterAll(() => world?.stop());

interface Answer {
  status: number;
  body: unknown;
}

/** As a script of that server sends it, with curl's content type. */
async function script(user: 'nanomdm' | 'micromdm', method: string, path: string, body?: string): Promise<Answer> {
  const authorization = `Basic ${Buffer.from(`${user}:${world.product.token}`).toString('base64')}`;
  const response = await fetch(`${world.product.urls.admin}${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, body: await response.json() };
}

const commandsOf = async (deviceId: string): Promise<CommandItem[]> =>
  (await world.api.ask(CommandPage, 'GET', `/v1/devices/${deviceId}/commands?limit=1000`)).items;

/** The command, as soon as its device has answered it. */
function ended(deviceId: string, commandId: string): Promise<CommandItem> {
  return waitFor(`the end of ${commandId} of ${deviceId}`, async () => {
    const command = (await commandsOf(deviceId)).find((one) => one.commandId === commandId);
    return command?.finishedAt === null ? undefined : command;
  });
}

describe('a script written for NanoMDM', () => {
  it('reaches devices, and hears of the one that is not there', async () => {
    const commandUuid = randomUUID();
    const plist = buildPlist({
      CommandUUID: commandUuid,
      Command: { RequestType: 'DeviceInformation', Queries: ['UDID'] },
    });
    const answer = await script('nanomdm', 'PUT', `/v1/enqueue/${[...ids, STRANGER].join(',')}`, plist);
    expect(answer).toEqual({
      status: 207,
      body: {
        status: {
          ...Object.fromEntries(ids.map((id) => [id, { push_result: expect.stringMatching(/./) }])),
          [STRANGER]: { command_error: expect.stringMatching(/./) },
        },
        command_uuid: commandUuid,
        request_type: 'DeviceInformation',
      },
    });
    for (const id of ids) expect(await ended(id, commandUuid)).toMatchObject({ state: 'Acknowledged' });
  });

  it('pushes, stores and shows the push certificate', async () => {
    const pushed = await script('nanomdm', 'GET', `/v1/push/${ids[0]}`);
    expect(pushed).toEqual({
      status: 200,
      body: { status: { [ids[0]!]: { push_result: expect.stringMatching(/./) } } },
    });
    const { topic, push } = world.fleet.pki;
    const stored = await script('nanomdm', 'PUT', '/v1/pushcert', `${push.certificate}${push.key}`);
    expect(stored).toEqual({ status: 200, body: { topic, not_after: expect.stringMatching(/T.*Z$/) } });
    expect(await script('nanomdm', 'GET', `/v1/pushcert?topic=${topic}`)).toEqual(stored);
  });
});

describe('a script written for MicroMDM', () => {
  it('orders a command as JSON, and its device answers it', async () => {
    const request = { udid: ids[0], request_type: 'DeviceInformation', queries: ['OSVersion'] };
    const { status, body } = await script('micromdm', 'POST', '/v1/commands', JSON.stringify(request));
    expect(status).toBe(201);
    const { payload } = body as { payload: { command_uuid: string } };
    expect(await ended(ids[0]!, payload.command_uuid)).toMatchObject({ state: 'Acknowledged', lane: 'inventory' });
  });

  it("sees a device's queue and clears it", async () => {
    // The device may come at any time; what may not be handed over yet stays until it is cleared.
    const order = { command: { RequestType: 'SecurityInfo' }, notBefore: '2026-11-01T00:00:00Z' };
    const { commandId } = await world.api.ask(SentCommand, 'POST', `/v1/devices/${ids[1]}/commands`, order);
    const { waiting } = (await commandsOf(ids[1]!)).find((one) => one.commandId === commandId)!;
    expect(waiting).toMatchObject({ reason: 'not-before' });
    const { body } = await script('micromdm', 'GET', `/v1/commands/${ids[1]}`);
    expect(body).toMatchObject({ device_command: { Commands: [{ UUID: commandId }] } });
    expect(await script('micromdm', 'DELETE', `/v1/commands/${ids[1]}`)).toEqual({ status: 200, body: {} });
    expect(await ended(ids[1]!, commandId)).toMatchObject({ state: 'cancelled', sentCount: 0, waiting: null });
  });
});
