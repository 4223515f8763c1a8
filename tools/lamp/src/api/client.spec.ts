import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { writeState } from '../product/state.ts';
import { ownIdentity } from '../product/state.ts';
import { controlRollout, listDevices } from './calls.ts';
import { ApiClient } from './client.ts';
import { connectionOf } from './connect.ts';
import { ofDevice } from './why-calls.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** An answer to "why", of no matter what. */
const told = {
  serialNumber: 'F2L',
  verdict: 'Up to date',
  code: 'already-at-target',
  class: 'done',
  explanation: '-',
  next: { text: '-', at: null },
  action: '-',
  policy: null,
  rolloutId: null,
  state: null,
  target: null,
  osVersion: null,
  evidence: [],
  now: '2026-11-22T02:00:00.000Z',
};

let server: Server;
let url: string;
let asked: { method: string; path: string; token: string | undefined; body: string }[] = [];
let answer: (path: string) => Answer = () => ({ status: 200, body: '{}' });

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  return body;
}

beforeAll(async () => {
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const path = request.url ?? '';
      asked.push({ method: request.method ?? '', path, token: request.headers.authorization, body });
      const { status, body: text } = answer(path);
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  asked = [];
});

const ok = (body: unknown): Answer => ({ status: 200, body: JSON.stringify(body) });
const client = (): ApiClient => new ApiClient({ url: `${url}/`, token: 'secret' });

describe('the client of the admin API', () => {
  it('takes a serial number for a device, and says of another one that it knows neither', async () => {
    const missing = (remedy: string) => ({
      status: 404,
      body: JSON.stringify({ error: { code: 'device.not-found', message: 'there is no device', remedy } }),
    });
    const why = (deviceId: string) => JSON.stringify({ ...told, deviceId });
    answer = (path) => {
      if (path === '/v1/devices/00008030-1/policies') return { status: 200, body: '{"ok":true}' };
      return path === '/v1/devices/F2L/why' ? { status: 200, body: why('00008030-1') } : missing(`of ${path}`);
    };
    const api = new ApiClient({ url, token: 't' });
    const ask = (deviceId: string) =>
      api.call({ path: `/v1/devices/${deviceId}/policies`, answer: z.object({ ok: z.boolean() }) });
    expect(await ofDevice(api, 'F2L', ask)).toEqual({ ok: true });
    await expect(ofDevice(api, 'other', ask)).rejects.toMatchObject({ remedy: 'of /v1/devices/other/why' });
  });

  it('says of a token that is refused where to give another, not which header to send', async () => {
    answer = () => ({
      status: 401,
      body: JSON.stringify({ error: { code: 'api.unauthenticated', message: 'not known', remedy: 'send the header' } }),
    });
    await expect(new ApiClient({ url, token: 't' }).call({ path: '/', answer: z.unknown() })).rejects.toMatchObject({
      message: 'not known [api.unauthenticated]',
      remedy: 'Give the token with --token or LAMP_TOKEN.',
    });
  });

  it('sends the bearer token and the body, and gives what was answered', async () => {
    const rolloutId = '7a0c3a0e-7c1a-8a55-9a51-8a5d3a1a0c11';
    const controlled = { rolloutId, state: 'paused', emergency: false, overridden: 0 };
    answer = () => ok(controlled);
    expect(await controlRollout(client(), rolloutId, 'pause')).toEqual(controlled);
    expect(asked).toEqual([
      { method: 'POST', path: `/v1/rollouts/${rolloutId}/pause`, token: 'Bearer secret', body: expect.any(String) },
    ]);
  });

  it('tells whether a change changed anything, and reads errors of one text', async () => {
    answer = () => ({ status: 204, body: '' });
    expect(await client().changes({ path: '/v1/group-sets/tills', query: { set: 'a b' } })).toBe(true);
    expect(asked).toEqual([{ method: 'PUT', path: '/v1/group-sets/tills?set=a+b', token: 'Bearer secret', body: '' }]);
    answer = () => ({ status: 304, body: '' });
    expect(await client().changes({ path: '/v1/group-sets/tills' })).toBe(false);
    answer = () => ({ status: 404, body: JSON.stringify({ error: 'there is no group tills' }) });
    await expect(client().changes({ path: '/v1/group-sets/tills' })).rejects.toThrow('there is no group tills');
  });

  it('reads a list to its last page', async () => {
    const device = { enrolled: true, platform: 'macOS', lastAnswerAt: null };
    const unknown = [
      'productName',
      'deviceName',
      'serialNumber',
      'osVersion',
      'buildVersion',
      'supervised',
      'timeZone',
    ];
    const item = (deviceId: string) => ({
      ...Object.fromEntries(unknown.map((key) => [key, null])),
      ...device,
      deviceId,
    });
    answer = (path) =>
      ok(path.includes('cursor=b') ? { items: [item('c')], next: null } : { items: [item('a'), item('b')], next: 'b' });
    const ids: string[] = [];
    for await (const one of listDevices(client(), 'Mac & co')) ids.push(one.deviceId);
    expect(ids).toEqual(['a', 'b', 'c']);
    expect(asked.map(({ path }) => path)).toEqual([
      '/v1/devices?limit=1000&search=Mac+%26+co',
      '/v1/devices?limit=1000&search=Mac+%26+co&cursor=b',
    ]);
  });

  it('gives a refusal in the words of the server: what, which fields, what to do', async () => {
    const error = {
      code: 'policy.name-taken',
      message: 'there is one already',
      remedy: 'choose another name',
      fields: [{ path: 'spec.name', message: 'is taken' }],
    };
    answer = () => ({ status: 409, body: JSON.stringify({ error }) });
    const refused = client().call({ path: '/v1/policies', answer: z.unknown() });
    await expect(refused).rejects.toMatchObject({
      message: 'there is one already\n    spec.name: is taken [policy.name-taken]',
      remedy: 'choose another name',
      exitCode: 1,
    });
  });

  it('says so when the answer is none of its API', async () => {
    answer = () => ({ status: 502, body: '<html>' });
    await expect(client().call({ path: '/v1/fleet', answer: z.unknown() })).rejects.toThrow('HTTP 502');
    answer = () => ok({ other: 1 });
    await expect(client().call({ path: '/v1/fleet', answer: z.object({ enrolled: z.int() }) })).rejects.toThrow(
      'something else than this command line expects',
    );
  });

  it('ends with exit code 2 for a token or key that cannot be sent, and does not print it', async () => {
    const fleet = { path: '/v1/fleet', answer: z.unknown() };
    const said = await new ApiClient({ url, token: 'secret\nsecret' }).call(fleet).catch((error: unknown) => error);
    expect(said).toMatchObject({ exitCode: 2, message: expect.stringContaining('The token') });
    expect(String(said)).not.toContain('secret');
    const keyed = client().call({ ...fleet, headers: { 'idempotency-key': 'Ж' } });
    await expect(keyed).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('idempotency-key') });
    expect(asked).toEqual([]);
  });

  it('ends with exit code 3 when nothing answers', async () => {
    const nowhere = new ApiClient({ url: 'http://127.0.0.1:9', token: 't' });
    await expect(nowhere.call({ path: '/v1/fleet', answer: z.unknown() })).rejects.toMatchObject({ exitCode: 3 });
  });
});

describe('which installation a command speaks to', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lamp-connect-'));
  afterAll(() => rmSync(dir, { recursive: true }));
  const state = { nats: '', redis: '', database: '', gateway: 'https://localhost:1', admin: 'http://127.0.0.1:2' };

  it('is the one that flags name, else the environment, else what runs in the directory', () => {
    writeFileSync(join(dir, 'token'), 'kept\n');
    const phase = 'ready' as const;
    const lamp = ownIdentity();
    writeState(dir, { version: 1, phase, lamp, startedAt: '', urls: state, ports: {}, processes: [] });
    const env = { LAMP_API_URL: 'http://127.0.0.1:3', LAMP_TOKEN: 'env' };
    expect(connectionOf({ url: 'https://x', token: 'flag', dir }, env)).toEqual({ url: 'https://x', token: 'flag' });
    expect(connectionOf({ dir }, env)).toEqual({ url: 'http://127.0.0.1:3', token: 'env' });
    expect(connectionOf({ dir }, {})).toEqual({ url: 'http://127.0.0.1:2', token: 'kept' });
  });

  it('ends with exit code 3 where nothing runs, and 2 for a URL that is none', () => {
    const empty = mkdtempSync(join(dir, 'empty-'));
    expect(() => connectionOf({ dir: empty }, {})).toThrow(expect.objectContaining({ exitCode: 3 }));
    expect(() => connectionOf({ url: 'localhost:8080', token: 't' }, {})).toThrow(
      expect.objectContaining({ exitCode: 2 }),
    );
    expect(() => connectionOf({ url: 'http://elsewhere' }, {})).toThrow('There is no token');
  });
});
