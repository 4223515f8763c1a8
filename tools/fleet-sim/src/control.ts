import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nameOf, serialOf } from './device/device.ts';
import type { Device, Scheduled } from './device/device.ts';
import { advance } from './device/advance.ts';
import type { FleetHandle } from './fleet-handle.ts';
import { stateOf } from './summary.ts';
import type { SummaryQuery } from './summary.ts';

export interface Control {
  readonly url: string;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const MAX_BODY = 64 * 1024;
const ok = (body: unknown): Reply => ({ status: 200, body });
const wrong = (status: number, error: string): Reply => ({ status, body: { error } });

const withoutAnswer = (one: Scheduled): Scheduled => ({ ...one, answer: undefined });

/** Without keys and answers' bodies: what a person or a test wants to see. */
function describe(device: Device): Record<string, unknown> {
  const { certificate, cached, model, scheduled, ...rest } = device;
  return {
    ...rest,
    name: nameOf(device),
    serialNumber: serialOf(device),
    model,
    state: stateOf(device),
    hasCachedAnswer: cached !== undefined,
    hasIdentity: certificate !== undefined,
    scheduled: scheduled.map(withoutAnswer),
  };
}

function queryOf(url: URL): SummaryQuery {
  const number = (key: string): Record<string, number> => {
    const value = Number(url.searchParams.get(key) ?? Number.NaN);
    return Number.isFinite(value) ? { [key]: value } : {};
  };
  return { ...number('stopAt'), ...number('from'), ...number('slackMs'), ids: url.searchParams.has('ids') };
}

function schedules(handle: FleetHandle): unknown[] {
  const all: unknown[] = [];
  for (const { udid, zone, model, scheduled } of handle.devices()) {
    for (const one of scheduled) all.push({ udid, zone, platform: model.platform, ...withoutAnswer(one) });
  }
  return all;
}

function onDevice(handle: FleetHandle, udid: string, action: string | undefined): Reply {
  const device = handle.device(udid);
  if (!device) return wrong(404, `there is no device ${udid}`);
  if (action === 'offline' || action === 'online') handle.fleet.setOnline(device, action === 'online');
  else if (action === 'push') handle.fleet.push(device);
  else if (action !== undefined) return wrong(404, `a device knows offline, online and push, not ${action}`);
  advance(device, handle.fleet.world);
  return ok(describe(device));
}

function rates(body: string): Record<string, number> {
  const parsed: unknown = JSON.parse(body === '' ? '{}' : body);
  const known = ['tooManyRequests', 'unavailable', 'internal'];
  if (typeof parsed !== 'object' || parsed === null) throw new Error('expected an object of rates');
  for (const [key, rate] of Object.entries(parsed)) {
    if (!known.includes(key) || !(typeof rate === 'number' && rate >= 0 && rate <= 1)) {
      throw new Error(`expected ${known.join(', ')} with rates from 0 to 1, not ${key}`);
    }
  }
  return parsed as Record<string, number>;
}

function inject(handle: FleetHandle, body: string): Reply {
  try {
    handle.apns.inject(rates(body));
    return ok({ injected: rates(body) });
  } catch (error) {
    return wrong(400, error instanceof Error ? error.message : 'no JSON');
  }
}

function route(handle: FleetHandle, method: string, url: URL, body: string): Reply {
  const [first, id, action] = url.pathname.split('/').slice(1).map(decodeURIComponent);
  const request = `${method} /${first ?? ''}`;
  if (request === 'GET /summary') return ok(handle.summary(queryOf(url)));
  if (request === 'GET /schedules') return ok(schedules(handle));
  if (request === 'POST /goaway') return ok({ connections: handle.apns.goaway() });
  if (request === 'POST /apns') return inject(handle, body);
  const onOne = first === 'devices' && id !== undefined;
  if (onOne && method === (action === undefined ? 'GET' : 'POST')) return onDevice(handle, id, action);
  return wrong(404, 'GET /summary, /schedules, /devices/:id; POST /goaway, /apns, /devices/:id/{offline|online|push}');
}

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk as string;
    if (body.length > MAX_BODY) throw new Error('the body is too large');
  }
  return body;
}

async function serve(handle: FleetHandle, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let reply: Reply;
  try {
    const url = new URL(request.url ?? '/', 'http://control');
    reply = route(handle, request.method ?? 'GET', url, await read(request));
  } catch (error) {
    reply = wrong(400, error instanceof Error ? error.message : 'bad request');
  }
  response.writeHead(reply.status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(reply.body, finite)}\n`);
}

/** JSON has no Infinity: "never" becomes null. */
const finite = (_key: string, value: unknown): unknown => (value === Infinity ? null : value);

/** Serves the control door on 127.0.0.1. Port 0 takes a free one. */
export async function startControl(handle: FleetHandle, port: number): Promise<Control> {
  const server = createServer((request, response) => void serve(handle, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
