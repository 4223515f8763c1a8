import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commandExchange, type Exchange } from '@lamplighter/contracts';
import { serveRequest } from '@lamplighter/messaging';
import { relayedEvent, silentLog, waitFor } from '@lamplighter/testing';
import { idleFixture } from '../../../libs/apple/src/fixtures/messages.ts';
import { basic, type Bed, startBed, TOKENS } from './bed.ts';

let bed: Bed;
const heard: string[] = [];
const times: string[] = [];

beforeAll(async () => {
  bed = await startBed(() => true);
  const handler = async (input: unknown) =>
    (input as Exchange[]).map(({ deviceId, receivedAt }) => {
      heard.push(deviceId);
      times.push(receivedAt);
      return { outcome: 'empty' as const };
    });
  serveRequest({ definition: commandExchange, handler, service: 'test', broker: bed.broker, log: silentLog });
  await bed.broker.nc.flush();
  const body = JSON.stringify({ kind: 'nanomdm', url: 'http://nano.test', apiKey: 'k', unauthenticated: true });
  const headers = { 'content-type': 'application/json' };
  const authorization = basic('lamp', TOKENS.default);
  const put = await bed.call('/v1/sources/nano', { method: 'PUT', body, headers, authorization });
  expect(put.status).toBe(200);
});
afterAll(() => bed?.stop());

describe('events of a NanoMDM that gives them no id', () => {
  it.each([
    ['empty, as it was sent up to version 0.8', { event_id: '' }],
    ['absent', { event_id: undefined }],
  ])('are all heard: %s', async (_what, id) => {
    heard.length = 0;
    for (const device of ['FIRST', 'SECOND']) {
      const body = JSON.stringify({ ...relayedEvent('mdm.Connect', idleFixture(device)), ...id });
      const { status } = await bed.call('/v1/webhook/nano', { method: 'POST', body, authorization: undefined });
      expect(status).toBe(200);
    }
    await waitFor('both devices', () => heard.length >= 2);
    expect(heard.toSorted()).toEqual(['FIRST', 'SECOND']);
  });
});

describe('an event of a server whose clock is wrong', () => {
  it.each(['2999-01-01T00:00:00Z', '0001-01-01T00:00:00Z'])('of %s was said now', async (at) => {
    heard.length = times.length = 0;
    const before = Date.now();
    const ahead = relayedEvent('mdm.Connect', idleFixture('AHEAD'), { at: new Date(at) });
    const body = JSON.stringify(ahead);
    expect((await bed.call('/v1/webhook/nano', { method: 'POST', body, authorization: undefined })).status).toBe(200);
    await waitFor('the device', () => heard.includes('AHEAD'));
    expect(Date.parse(times.at(-1)!)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(times.at(-1)!)).toBeLessThanOrEqual(Date.now());
  });
});
