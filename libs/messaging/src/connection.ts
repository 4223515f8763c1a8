import { AppError } from '@lamplighter/contracts';
import { backoffMs } from '@lamplighter/runtime';
import type { Log } from '@lamplighter/runtime';
import { jetstreamManager } from '@nats-io/jetstream';
import { createInbox, type NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureAnswerBucket } from './answer-bucket.ts';
import { type BrokerAccess, connectionOptions } from './connection-options.ts';
import { inboxPrefix } from './names.ts';
import { checkStreams, ensureStreams, type StreamSettings } from './streams.ts';

export interface BrokerOptions extends StreamSettings, BrokerAccess {
  log: Log;
  /** False: the streams are put in place by somebody else; this process only sees whether they are. Default true. */
  manageStreams?: boolean;
  /** How long to wait for the first connection, in real ms. Default 60,000. */
  firstConnectMs?: number;
}

const OLDEST = [2, 14] as const;

/** The one connection of a process; reconnects for ever. */
export class Broker {
  readonly nc: NatsConnection;
  readonly prefix: string;
  private readonly options: BrokerOptions;
  private readonly reconnected: (() => void)[] = [];
  private readonly closers: (() => Promise<void>)[] = [];
  private downSince: Date | undefined;
  private closing: Promise<void> | undefined;

  constructor(nc: NatsConnection, options: BrokerOptions) {
    this.nc = nc;
    this.prefix = options.prefix;
    this.options = options;
    void this.watch();
  }

  get connected(): boolean {
    return this.downSince === undefined && !this.nc.isClosed();
  }

  /** Undefined when all is well, else what is wrong: for readiness. */
  problem(): string | undefined {
    if (this.nc.isClosed()) return 'the connection to NATS is closed';
    return this.downSince && `no connection to NATS since ${this.downSince.toISOString()}`;
  }

  /** A subject of its own for replies to this process. */
  inbox(): string {
    return createInbox(inboxPrefix(this.options.service));
  }

  /** For whoever finds a stream gone while the connection stands: somebody deleted it. Throws what `connectBroker` does of streams. */
  putStreamsInPlace(): Promise<void> {
    return checkedStreams(this.nc, this.options);
  }

  /** Called after each reconnection, when the streams are in place again. */
  onReconnect(listener: () => void): void {
    this.reconnected.push(listener);
  }

  /** Run in reverse order before the connection closes. */
  beforeClose(closer: () => Promise<void>): void {
    this.closers.push(closer);
  }

  /** Idempotent. Everything published before is flushed where the broker can be reached. */
  close(): Promise<void> {
    return (this.closing ??= this.closeOnce());
  }

  private async closeOnce(): Promise<void> {
    for (const closer of this.closers.reverse()) await closer();
    if (this.connected)
      await Promise.race([this.nc.drain().catch(() => undefined), delay(5_000, undefined, { ref: false })]);
    await this.nc.close();
  }

  private async watch(): Promise<void> {
    const { log } = this.options;
    for await (const status of this.nc.status()) {
      if (status.type === 'disconnect') {
        this.downSince ??= new Date();
        log.warn({ server: status.server }, 'lost the connection to NATS; reconnecting');
      } else if (status.type === 'reconnect') {
        void this.afterReconnect(status.server);
      } else if (status.type === 'error' || status.type === 'slowConsumer' || status.type === 'staleConnection') {
        log.warn(
          { status: status.type, err: status.type === 'error' ? status.error : undefined },
          'trouble on the NATS connection',
        );
      }
    }
  }

  /** The broker may have come back without its streams: they are put in place before anyone relies on them. */
  private async afterReconnect(server: string): Promise<void> {
    const { log } = this.options;
    this.downSince = undefined;
    log.info({ server }, 'connected to NATS again');
    for (let failures = 1; this.connected && this.closing === undefined; failures++) {
      try {
        await this.putStreamsInPlace();
        break;
      } catch (error) {
        log.warn({ err: error }, 'the streams are not in place yet; trying again');
        await delay(backoffMs(failures, { firstMs: 200, mostMs: 5_000 }), undefined, { ref: false });
      }
    }
    for (const listener of this.reconnected) listener();
  }
}

/**
 * Connects, refuses servers older than 2.14 or without JetStream, and puts the streams in place, or waits until they are.
 * Throws AppError `broker.unreachable`, `broker.too-old`, `broker.no-jetstream`, what `ensureStreams` or `checkStreams` throw.
 */
export async function connectBroker(options: BrokerOptions): Promise<Broker> {
  const until = Date.now() + (options.firstConnectMs ?? 60_000);
  const nc = await firstConnection(options, until);
  try {
    await awaitStreams(nc, options, until);
  } catch (error) {
    await nc.close();
    throw error;
  }
  options.log.info({ server: nc.getServer(), version: nc.info?.version }, 'connected to NATS');
  return new Broker(nc, options);
}

async function firstConnection(options: BrokerOptions, until: number): Promise<NatsConnection> {
  const connection = connectionOptions(options);
  for (;;) {
    try {
      return await connect(connection);
    } catch (error) {
      if (Date.now() >= until) {
        const servers = (connection.servers as string[]).join(', ');
        throw new AppError('broker.unreachable', `cannot connect to NATS at ${servers}: ${(error as Error).message}`, {
          outcome: 'retry',
          remedy:
            'start the server, or set LAMP_NATS_URL to where it is, with the user and password (or LAMP_NATS_CREDS_FILE) that it wants',
          cause: error,
        });
      }
      options.log.warn({ reason: (error as Error).message }, 'NATS cannot be reached yet; trying again');
      await delay(500);
    }
  }
}

/** The service that puts the streams in place may start after this one. */
async function awaitStreams(nc: NatsConnection, options: BrokerOptions, until: number): Promise<void> {
  for (;;) {
    try {
      return await checkedStreams(nc, options);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'broker.stream-missing' || Date.now() >= until) throw error;
      options.log.warn({ reason: error.message }, 'the streams are not in place yet; looking again');
      await delay(500);
    }
  }
}

async function checkedStreams(nc: NatsConnection, options: BrokerOptions): Promise<void> {
  checkVersion(nc.info?.version ?? '0.0.0');
  if (nc.info?.jetstream !== true) {
    throw new AppError('broker.no-jetstream', `the NATS server at ${nc.getServer()} runs without JetStream`, {
      remedy: 'start it with `jetstream { store_dir: … }` or -js',
    });
  }
  const manager = await jetstreamManager(nc, { timeout: 5_000, checkAPI: false });
  if (options.manageStreams === false) return checkStreams(manager, options);
  await ensureStreams(manager, options);
  await ensureAnswerBucket(nc, options);
}

export function checkVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new AppError(
    'broker.too-old',
    `the NATS server is version ${version}; ${OLDEST.join('.')} or later is needed`,
    {
      remedy: 'older servers silently ignore settings that this system relies on: upgrade the server',
    },
  );
}
