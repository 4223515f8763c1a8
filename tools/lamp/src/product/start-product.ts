import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { LampError } from '../errors.ts';
import { repositoryRoot } from '../paths.ts';
import { type ProcessEvent, Supervised } from '../processes/supervised.ts';
import { freePort } from '../servers/ports.ts';
import { loadSecrets } from '../servers/secrets.ts';
import type { Durability } from '../servers/server.ts';
import { startServers } from '../servers/start-servers.ts';
import { startReceiver } from '../traces/receiver.ts';
import { build } from './build.ts';
import { migrate } from './migrate.ts';
import type { PkiPaths } from './pki.ts';
import { schemaNames, type ServiceName, serviceNames, serviceProgram, type ServiceSettings } from './services.ts';
import { blank, describe, processesOf, type Started, stopAll, stopServices, urlsOf } from './started.ts';
import { assertNotRunning, endOrphans, type ProductState, readState, writeState } from './state.ts';
import { ensureToken, tokenHash } from './token.ts';

export interface ProductOptions {
  /** State directory; one product at a time runs in it. */
  readonly dir: string;
  /** `durable` unless the data is thrown away afterwards. */
  readonly durability?: Durability;
  /** Builds what is out of date first; true by default. */
  readonly build?: boolean;
  /** All seven by default. */
  readonly services?: readonly ServiceName[];
  /** Ports to take when they are free (`gateway`: the devices' TLS port; else by service or server name). */
  readonly ports?: Readonly<Record<string, number>>;
  /** Further settings for every service (LAMP_CLOCK, LAMP_LOG_LEVEL, LAMP_TRACE_SAMPLE …), and for one. */
  readonly env?: Readonly<Record<string, string>>;
  readonly serviceEnv?: ServiceSettings['serviceEnv'];
  /** Names besides localhost that devices reach the gateway by. */
  readonly gatewayHosts?: readonly string[];
  /** Each start, readiness, crash and stop of a service or server. */
  onEvent?(event: ProcessEvent): void;
  /** Gives up a start that is under way: what runs already is stopped and the start throws. */
  readonly signal?: AbortSignal;
}

export interface Product {
  /** `gateway` (devices, HTTPS), `admin` (REST, HTTP); servers with credentials, `database` as its owner. */
  readonly urls: ProductState['urls'];
  /** Bearer token of the admin API, and whether this start made it. */
  readonly token: string;
  readonly isNewToken: boolean;
  readonly pki: PkiPaths;
  /** Every service and private server; `kill()` on one shows how it is brought back. */
  readonly processes: ReadonlyMap<string, Supervised>;
  state(): ProductState;
  /** Drains the services, then stops the servers. */
  stop(): Promise<void>;
}

/**
 * Starts the whole product on this machine: servers, migrations, the seven services, and (without a configured
 * collector) a trace receiver; resolves when every service is ready. What crashes later is restarted. `state.json` in
 * `dir` tells other commands about it. What a former run left behind is ended first.
 */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const { dir } = options;
  mkdirSync(join(dir, 'logs'), { recursive: true });
  await claim(dir);
  if (options.build !== false) await build();
  const secrets = loadSecrets(dir, schemaNames);
  const token = ensureToken(dir);
  // Its library would slow down every other command.
  const { ensurePki } = await import('./pki.ts');
  const pki = await ensurePki(dir, options.gatewayHosts);
  const started = blank();
  const save = (): void => writeState(dir, describe(started));
  const onEvent = (event: ProcessEvent): void => {
    save();
    options.onEvent?.(event);
  };
  save();
  try {
    const ports = options.ports ?? {};
    const servers = await startServers({
      dir,
      durability: options.durability ?? 'durable',
      restart: true,
      ports,
      onEvent,
    });
    started.servers = servers;
    options.signal?.throwIfAborted();
    await migrate(dir, servers.urls.database, secrets.roles);
    options.signal?.throwIfAborted();
    const gateway = await freePort(ports['gateway']);
    started.ports['gateway'] = gateway;
    const settings: ServiceSettings = {
      urls: servers.urls,
      rolePasswords: secrets.roles,
      secretKey: secrets.key,
      otlpEndpoint: await endpoint(dir, started),
      tokenHash: tokenHash(token.token),
      gateway: { port: gateway, cert: pki.gatewayCert, key: pki.gatewayKey, deviceCa: pki.deviceCa },
      env: options.env ?? {},
      serviceEnv: options.serviceEnv ?? {},
    };
    await startServices(options, started, settings, { ports, onEvent });
    started.phase = 'ready';
    save();
  } catch (error) {
    await stopAll(started, save);
    throw error;
  }
  return {
    urls: started.urls,
    token: token.token,
    isNewToken: token.isNew,
    pki,
    processes: processesOf(started),
    state: () => describe(started),
    stop: () => stopAll(started, save),
  };
}

/** Refuses where a product runs already; ends what a dead one left. */
async function claim(dir: string): Promise<void> {
  assertNotRunning(dir);
  const former = readState(dir);
  if (former !== undefined) await endOrphans(former);
}

async function endpoint(dir: string, started: Started): Promise<string> {
  const configured = process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (configured !== undefined && configured !== '') return configured;
  started.receiver = await startReceiver(dir);
  return started.receiver.endpoint;
}

async function startServices(
  options: ProductOptions,
  started: Started,
  settings: ServiceSettings,
  { ports, onEvent }: { ports: Readonly<Record<string, number>>; onEvent: (event: ProcessEvent) => void },
): Promise<void> {
  for (const name of options.services ?? serviceNames) {
    if (!existsSync(join(repositoryRoot, 'services', name, 'dist/main.mjs')))
      throw new LampError(`services/${name}/dist/main.mjs is missing.`, 'Run npm run build.');
    const httpPort = await freePort(ports[name]);
    started.ports[name] = httpPort;
    const logPath = join(options.dir, 'logs', `${name}.log`);
    const program = serviceProgram(name, httpPort, settings);
    const supervised = new Supervised(program, { logPath, restart: true, startTimeoutMs: 60_000, onEvent });
    started.services.set(name, { supervised, httpPort });
  }
  started.urls = urlsOf(started);
  const all = [...started.services.values()];
  options.signal?.addEventListener('abort', () => void stopServices(started));
  const results = await Promise.allSettled(all.map(({ supervised }) => supervised.start()));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
