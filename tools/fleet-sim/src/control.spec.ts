import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { topicOf } from './apns/push-pki.ts';
import { startControl } from './control.ts';
import type { Control } from './control.ts';
import { startFleet } from './index.ts';
import type { FleetHandle } from './index.ts';
import { newPki } from './pki/pki-directory.ts';
import { MdmServer } from './testing/mdm-server.ts';

let server: MdmServer;
let handle: FleetHandle;
let control: Control;

beforeEach(async () => {
  const pki = newPki(topicOf('lamplighter'));
  server = new MdmServer(pki);
  await server.listen();
  const mix = { behaviours: {} };
  handle = await startFleet({ server: server.url, serverCa: server.ca, devices: 5, pki, mix, enrollRate: 1000 });
  await handle.enrolled();
  control = await startControl(handle, 0);
});

afterEach(async () => {
  await control.close();
  await handle.stop();
  await server.close();
});

async function call(
  method: string,
  path: string,
  body?: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${control.url}${path}`, { method, ...(body === undefined ? {} : { body }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('the control door', () => {
  it('tells the counts of the fleet, with ids on demand', async () => {
    const { body } = await call('GET', '/summary?ids&stopAt=1');
    expect(body).toMatchObject({ devices: 5, states: { idle: 5 }, totals: { targeted: 5, commanded: 0 } });
    expect((body['ids'] as { targeted: string[] }).targeted).toHaveLength(5);
    expect((await call('GET', '/schedules')).body).toEqual([]);
  });

  it('takes one device off the network and brings it back', async () => {
    const { udid } = handle.fleet.devices[3]!;
    await call('POST', `/devices/${udid}/offline`);
    expect(handle.summary().totals.reachable).toBe(4);
    expect((await call('POST', `/devices/${udid}/online`)).body).toMatchObject({ udid, state: 'idle' });
    expect(handle.summary().totals.reachable).toBe(5);
  });

  it('shows one device without its identity', async () => {
    const { udid } = handle.fleet.devices[0]!;
    const { body } = await call('GET', `/devices/${udid}`);
    expect(body).toMatchObject({ udid, phase: 'enrolled', hasIdentity: true });
    expect(body).not.toHaveProperty('certificate');
  });

  it('injects push faults, and says what it does not take', async () => {
    expect((await call('POST', '/apns', '{"tooManyRequests":1}')).status).toBe(200);
    expect(await server.wake(handle.apnsUrl, handle.fleet.devices[0]!.udid)).toBe(429);
    expect(await call('POST', '/apns', '{"tooManyRequests":2}')).toMatchObject({ status: 400 });
    expect(await call('POST', '/apns', 'nonsense')).toMatchObject({ status: 400 });
    expect((await call('POST', '/goaway')).body).toEqual({ connections: 1 });
  });

  it('answers 404 with the doors that there are', async () => {
    expect(await call('GET', '/devices/nobody')).toMatchObject({ status: 404 });
    expect(await call('GET', '/elsewhere')).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining('/summary') },
    });
  });
});
