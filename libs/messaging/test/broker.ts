import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '@lamplighter/runtime';
import { randomBytes } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { type Broker, connectBroker } from '../src/connection.ts';

/** A nats-server of at least 2.14: LAMP_NATS_SERVER, else the one on PATH; undefined when there is none. */
export function serverBinary(): string | undefined {
  const candidate = process.env['LAMP_NATS_SERVER'] || 'nats-server';
  const { stdout } = spawnSync(candidate, ['--version'], { encoding: 'utf8' });
  const [, major, minor] = /v(\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  return Number(major) * 1000 + Number(minor) >= 2014 ? candidate : undefined;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** What a server is started with instead of no settings; its address is the test's all the same, its store LAMP_NATS_STORE. */
export interface OwnConfig {
  file: string;
  env: Record<string, string>;
}

/** A server of the test's own, to be killed and started again. */
export class OwnServer {
  readonly url: string;
  private readonly port: number;
  private readonly binary: string;
  private readonly config: OwnConfig | undefined;
  private store = mkdtempSync(join(tmpdir(), 'lamp-nats-'));
  private child: ChildProcess | undefined;

  private constructor(binary: string, port: number, config?: OwnConfig) {
    this.binary = binary;
    this.config = config;
    this.port = port;
    this.url = `nats://127.0.0.1:${port}`;
  }

  static async start(config?: OwnConfig): Promise<OwnServer> {
    const server = new OwnServer(serverBinary()!, await freePort(), config);
    server.start();
    return server;
  }

  start(): void {
    const given = this.config ? ['-c', this.config.file] : ['-js', '-sd', this.store];
    this.child = spawn(this.binary, [...given, '-a', '127.0.0.1', '-p', String(this.port)], {
      stdio: 'ignore',
      ...(this.config && { env: { ...this.config.env, LAMP_NATS_STORE: this.store } }),
    });
  }

  /** kill -9; returns when the process is gone. */
  async kill(): Promise<void> {
    const child = this.child!;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** What was stored is gone when it starts again. */
  forget(): void {
    rmSync(this.store, { recursive: true, force: true });
    this.store = mkdtempSync(join(tmpdir(), 'lamp-nats-'));
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.store, { recursive: true, force: true });
  }
}

export function uniquePrefix(): string {
  return `t${randomBytes(5).toString('hex')}`;
}

export const quiet: Log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

export function connectTo(url: string, prefix = uniquePrefix()): Promise<Broker> {
  return connectBroker({
    url,
    prefix,
    replicas: 1,
    maxBytes: 64 * 1024 * 1024,
    service: 'spec',
    log: quiet,
    firstConnectMs: 10_000,
  });
}

/** The shared server of the run, or one of our own. */
export async function testServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const shared = process.env['LAMP_NATS_URL'];
  return shared ? { url: shared, stop: async () => {} } : OwnServer.start();
}

/** Whether specs can run here; says why not. */
export function brokerAtHand(own = false): boolean {
  if ((!own && process.env['LAMP_NATS_URL']) || serverBinary()) return true;
  process.stderr.write('skipped: no nats-server of 2.14 or later (LAMP_NATS_SERVER or PATH)\n');
  return false;
}

/** Closes the connection; a shared server keeps nothing of this spec. */
export async function leave(broker: Broker, prefix = broker.prefix): Promise<void> {
  const manager = await jetstreamManager(broker.nc);
  for await (const name of manager.streams.names()) {
    if (name.startsWith(prefix.toUpperCase()) || name === `OBJ_${prefix}-answers`) await manager.streams.delete(name);
  }
  await broker.close();
}

export async function until(condition: () => boolean | Promise<boolean>, what: string, ms = 60_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
