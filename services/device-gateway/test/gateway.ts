import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as plainRequest } from 'node:http';
import type { Agent as PlainAgent, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Agent, RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { signMdmBody } from '@lamplighter/apple';
import { answerAnnounce, commandExchange, ddmSync, enrollmentCheckIn, packSyncReplies } from '@lamplighter/contracts';
import type { InputOf, OutputOf, RequestDefinition, DdmSync, DdmSyncReply } from '@lamplighter/contracts';
import { connectBroker, serveRequest } from '@lamplighter/messaging';
import { Log, startService } from '@lamplighter/runtime';
import { silentLog, testNats, testSettings } from '@lamplighter/testing';
import { config } from '../src/config.ts';
import { DeviceGatewayModule } from '../src/device-gateway.module.ts';
import { MdmServer } from '../src/in/mdm.server.ts';
import { identityOf, newAuthority, newDevice, newServer } from './pki.ts';
import type { Holder } from './pki.ts';

export interface Behind {
  exchange?: (input: InputOf<typeof commandExchange>) => Promise<OutputOf<typeof commandExchange>>;
  announce?: (input: InputOf<typeof answerAnnounce>) => Promise<OutputOf<typeof answerAnnounce>>;
  checkIn?: (input: InputOf<typeof enrollmentCheckIn>) => Promise<OutputOf<typeof enrollmentCheckIn>>;
  sync?: (input: DdmSync) => Promise<DdmSyncReply>;
}

export interface Gateway {
  readonly port: number;
  readonly deviceAuthority: Holder;
  readonly serverAuthority: Holder;
  readonly device: Holder;
  /** What the other services answer; a test replaces what it needs. */
  readonly behind: Behind;
  readonly log: Log;
  /** Holds the files `cert`, `key` (of the server) and `ca` (of devices). */
  readonly folder: string;
  stop(): Promise<void>;
}

/** Settings of a gateway behind a TLS terminator at 127.0.0.1. */
export const BEHIND_TERMINATOR = {
  LAMP_GATEWAY_TLS: 'off',
  LAMP_GATEWAY_TLS_CERT: '',
  LAMP_GATEWAY_TLS_KEY: '',
  LAMP_GATEWAY_CERT_HEADER: 'Client-Cert',
  LAMP_GATEWAY_TRUSTED_PROXIES: '127.0.0.1',
};

const EMPTY: Required<Behind> = {
  exchange: async (input) => input.map(() => ({ outcome: 'empty' as const })),
  announce: async () => ({ outcome: 'awaited' as const }),
  checkIn: async () => ({ outcome: 'ok' as const }),
  sync: async () => ({ status: 200 }),
};

/** A gateway on real TLS and a real broker; the services behind it are answered for by `behind`. */
export async function startGateway(env: Record<string, string> = {}, serves = true): Promise<Gateway> {
  const nats = testNats();
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  const [deviceAuthority, serverAuthority] = await Promise.all([newAuthority(), newAuthority('Server CA')]);
  const [server, device] = await Promise.all([newServer(serverAuthority), newDevice(deviceAuthority)]);
  const files = { cert: server.pem, key: server.keyPem, ca: deviceAuthority.pem };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const behind: Behind = {};
  const broker = serves ? await answering(nats, behind) : undefined;
  const service = await startService('device-gateway', DeviceGatewayModule, config, {
    ...testSettings(nats),
    LAMP_GATEWAY_HOST: '127.0.0.1',
    LAMP_GATEWAY_PORT: '0',
    LAMP_GATEWAY_TLS_CERT: join(folder, 'cert'),
    LAMP_GATEWAY_TLS_KEY: join(folder, 'key'),
    LAMP_DEVICE_CA: join(folder, 'ca'),
    ...env,
  });
  return {
    port: service.app.get(MdmServer).port,
    deviceAuthority,
    serverAuthority,
    device,
    behind,
    log: service.app.get<Log>(Log),
    folder,
    async stop() {
      await service.stop();
      await broker?.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function answering(nats: { url: string; prefix: string }, behind: Behind) {
  const log = silentLog;
  const broker = await connectBroker({
    ...nats,
    service: 'test',
    log,
    replicas: 1,
    maxBytes: 67_108_864,
  });
  const serve = (definition: RequestDefinition, name: keyof Behind) =>
    serveRequest({
      definition,
      service: 'test',
      broker,
      log,
      handler: (input) => (behind[name] ?? EMPTY[name])(input as never),
    });
  serve(commandExchange, 'exchange');
  serve(answerAnnounce, 'announce');
  serve(enrollmentCheckIn, 'checkIn');
  serveRequest({
    definition: ddmSync,
    service: 'test',
    broker,
    log,
    handler: async (input) => {
      const sync = behind.sync ?? EMPTY.sync;
      return packSyncReplies(await Promise.all((input as DdmSync[]).map((one) => sync(one))));
    },
  });
  await broker.nc.flush();
  return broker;
}

export interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly retryAfter: string | undefined;
  readonly body: string;
  readonly bytes: Buffer;
  readonly headers: IncomingHttpHeaders;
  /** Whether TLS resumed an earlier session. */
  readonly resumed: boolean;
}

export const CONNECT = 'application/x-apple-aspen-mdm';
export const CHECK_IN = 'application/x-apple-aspen-mdm-checkin';

export interface Put extends Omit<RequestOptions, 'agent'> {
  /** Adds the signature. */
  readonly signedBy?: Holder;
  readonly type?: string;
  readonly agent?: Agent | PlainAgent;
  /** HTTP without TLS, as a terminator speaks to the gateway. */
  readonly plain?: boolean;
}

/** One PUT; `options` may be anything of Node's. */
export function put(
  gateway: Gateway,
  body: Buffer,
  { signedBy, type = CONNECT, plain = false, ...options }: Put = {},
): Promise<Answer> {
  const signature = signedBy === undefined ? {} : { 'mdm-signature': signMdmBody(body, identityOf(signedBy)) };
  return new Promise((resolve, reject) => {
    const sent = (plain ? (plainRequest as typeof request) : request)(
      {
        host: '127.0.0.1',
        servername: 'localhost',
        port: gateway.port,
        ca: gateway.serverAuthority.pem,
        path: '/mdm',
        method: 'PUT',
        agent: false,
        ...(options as RequestOptions),
        headers: { 'content-type': type, 'content-length': body.length, ...signature, ...options.headers },
      },
      (response) => resolve(read(response)),
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

async function read(response: IncomingMessage): Promise<Answer> {
  const resumed = response.socket instanceof TLSSocket && response.socket.isSessionReused();
  const bytes = Buffer.concat(await response.toArray());
  return {
    status: response.statusCode ?? 0,
    type: response.headers['content-type'],
    retryAfter: response.headers['retry-after'],
    headers: response.headers,
    body: bytes.toString(),
    bytes,
    resumed,
  };
}
