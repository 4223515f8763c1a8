import { isDict, parsePlist } from '@lamplighter/apple';
import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface QueuedThere {
  uuid: string;
  requestType: string;
  plist: string;
}

/** What it says instead of its own answer: a status with a body, or nothing at all. */
type Whim = { status: number; body?: string } | 'hang' | 'take-and-hang' | undefined;

/**
 * A stand-in for NanoMDM or MicroMDM: their command APIs and webhooks over real sockets, as far as this product meets them.
 * It knows the devices that it is told of, takes each CommandUUID once (NanoMDM) or as often as it comes (MicroMDM), and can
 * die and come back on its port.
 */
export class OtherMdm {
  /** By device id, oldest first. */
  readonly queues = new Map<string, QueuedThere[]>();
  /** Requests to its API, whatever became of them: method and path. */
  readonly asked: { at: number; line: string }[] = [];
  /** HTTP statuses of its webhook's receiver. */
  readonly relayed: number[] = [];
  whim: (deviceId: string) => Whim = () => undefined;
  /** Called with each command that it takes. */
  taken: (deviceId: string, plist: string) => void = () => undefined;
  /** Called where it is asked to push a device. */
  pushed: (deviceId: string) => void = () => undefined;
  private readonly uuids = new Set<string>();
  private server: Server | undefined;
  private port = 0;

  constructor(
    readonly kind: 'nanomdm' | 'micromdm',
    readonly apiKey = 'other-key',
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<this> {
    const server = createServer((request, response) => void this.serve(request, response));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
    return this;
  }

  async stop(): Promise<void> {
    const server = this.server;
    if (server === undefined) return;
    this.server = undefined;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  /** A device enrolls with it: it takes commands for it. */
  enroll(deviceId: string): void {
    if (!this.queues.has(deviceId)) this.queues.set(deviceId, []);
  }

  queueOf(deviceId: string): QueuedThere[] {
    return this.queues.get(deviceId) ?? [];
  }

  /** Posts an event to a webhook, once, as both servers do. Returns the status. */
  async relay(hook: { url: string; key?: string; authorization?: string }, event: object): Promise<number> {
    const body = JSON.stringify(event);
    const signature = hook.key === undefined ? {} : { 'x-hmac-signature': hmac(hook.key, body) };
    const authorization = hook.authorization === undefined ? {} : { authorization: hook.authorization };
    const headers = { 'content-type': 'application/json', ...signature, ...authorization };
    const { status } = await fetch(hook.url, { method: 'POST', headers, body });
    this.relayed.push(status);
    return status;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    this.asked.push({ at: Date.now(), line: `${request.method} ${request.url}` });
    const credentials = Buffer.from(`${this.kind}:${this.apiKey}`).toString('base64');
    if (request.headers.authorization !== `Basic ${credentials}`) return json(response, 401, { error: 'unauthorized' });
    const [path = ''] = (request.url ?? '').split('?');
    const id = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
    if (this.isMoody(id, body, response)) return;
    if (path.startsWith(this.kind === 'nanomdm' ? '/v1/push/' : '/push/')) {
      this.pushed(id);
      return json(response, 200, { status: { [id]: { push_result: randomUUID() } } });
    }
    const isMicro = this.kind === 'micromdm';
    if (!path.startsWith(isMicro ? '/v1/commands/' : '/v1/enqueue/')) {
      response.writeHead(404).end('404 page not found\n');
    } else if (!isMicro) this.enqueueNano(id, body, response);
    else if (request.method === 'GET') this.showMicro(id, response);
    else this.enqueueMicro(id, body, response);
  }

  private isMoody(id: string, body: string, response: ServerResponse): boolean {
    const whim = this.whim(id);
    if (whim === undefined) return false;
    if (whim === 'take-and-hang') this.take(id, body);
    else if (whim !== 'hang') response.writeHead(whim.status).end(whim.body ?? '');
    return true;
  }

  private enqueueNano(id: string, body: string, response: ServerResponse): void {
    const { uuid, requestType } = commandIn(body);
    const head = { command_uuid: uuid, request_type: requestType };
    const fail = (error: string) => json(response, 500, { status: { [id]: { command_error: error } }, ...head });
    if (!this.queues.has(id)) {
      return fail(
        'pq: insert or update on table "enrollment_queue" violates foreign key constraint "enrollment_queue_id_fkey"',
      );
    }
    if (this.uuids.has(uuid)) return fail('pq: duplicate key value violates unique constraint "commands_pkey"');
    this.take(id, body);
    json(response, 200, { status: { [id]: { push_result: randomUUID() } }, ...head });
  }

  private enqueueMicro(id: string, body: string, response: ServerResponse): void {
    const { uuid, requestType } = commandIn(body);
    this.take(id, body);
    json(response, 201, { payload: { command_uuid: uuid, command: { request_type: requestType } } });
  }

  private showMicro(id: string, response: ServerResponse): void {
    const Commands = this.queueOf(id).map(({ uuid }) => ({ UUID: uuid }));
    json(response, 200, { device_command: { DeviceUDID: id, Commands, Completed: null, Failed: null, NotNow: null } });
  }

  private take(id: string, body: string): void {
    const command = commandIn(body);
    this.uuids.add(command.uuid);
    this.queues.set(id, [...this.queueOf(id), { ...command, plist: body }]);
    this.taken(id, body);
  }
}

/** An event as both servers write it; MicroMDM writes no `ids`. */
export function relayedEvent(topic: string, raw: string | Buffer, more: { at?: Date; eventId?: string } = {}): object {
  const said = { url_params: null, raw_payload: Buffer.from(raw).toString('base64') };
  return {
    topic,
    event_id: more.eventId ?? randomUUID(),
    created_at: (more.at ?? new Date()).toISOString().replace('Z', '123456Z'),
    ...(topic === 'mdm.Connect' ? { acknowledge_event: said } : { checkin_event: said }),
  };
}

function hmac(key: string, body: string): string {
  return createHmac('sha256', key).update(body).digest('base64');
}

function commandIn(body: string): { uuid: string; requestType: string } {
  const plist = parsePlist(body);
  const command = isDict(plist) ? plist['Command'] : undefined;
  if (!isDict(plist) || command === undefined || !isDict(command)) throw new Error('no command');
  return { uuid: String(plist['CommandUUID']), requestType: String(command['RequestType']) };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
