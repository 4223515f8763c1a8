import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { putPushCertificate } from '../api/calls.ts';
import { importFeed } from '../api/catalog-calls.ts';
import { ApiClient } from '../api/client.ts';
import type { ProcessEvent } from '../processes/supervised.ts';
import { build } from '../product/build.ts';
import { type Product, startProduct } from '../product/start-product.ts';
import { assertNotRunning, endOrphans, readState } from '../product/state.ts';
import { freePort } from '../servers/ports.ts';
import { foreignData } from '../servers/start-servers.ts';
import { FleetProcess, makeFleetPki, sampleFeed } from './fleet-process.ts';
import { clockSetting, type DemoPlan } from './plan.ts';
import type { Narrator } from './steps.ts';

/** The product and the fleet, both running. */
export interface Stage {
  readonly dir: string;
  readonly api: ApiClient;
  readonly product: Product;
  readonly fleet: FleetProcess;
  /** Ends the fleet, then the product. */
  stop(): Promise<void>;
}

/** Builds, starts the product on private servers with an empty state, and lets the devices enroll. What fails half way is stopped. */
export async function setStage(dir: string, plan: DemoPlan, narrator: Narrator, signal: AbortSignal): Promise<Stage> {
  await narrator.step('build', 'Services built', () => build());
  signal.throwIfAborted();
  await clear(dir);
  const apnsPort = await freePort();
  const pki = makeFleetPki(dir, plan.seed);
  const clock = clockSetting(plan, Date.now());
  const product = await narrator.step('start', 'Broker, Redis, database and seven services are up', (note) =>
    startProduct({
      dir,
      durability: 'fast',
      build: false,
      env: settings(plan, clock),
      serviceEnv: { 'apns-push': { LAMP_APNS_URL: `https://localhost:${apnsPort}`, LAMP_APNS_CA: pki.apnsCa } },
      onEvent: teller(narrator, note),
      signal,
    }),
  );
  try {
    const api = new ApiClient({ url: product.urls.admin, token: product.token });
    await putPushCertificate(api, pki.push.map((file) => readFileSync(file, 'utf8')).join('\n'));
    await importFeed(api, readFileSync(sampleFeed));
    const { gatewayCa, deviceCa, deviceCaKey } = product.pki;
    const paths = { serverUrl: `${product.urls.gateway}/mdm`, serverCa: gatewayCa, deviceCa, deviceCaKey };
    const fleet = await FleetProcess.start({ dir, plan, clock, apnsPort, pki, paths });
    const stop = async (): Promise<void> => {
      await fleet.stop();
      await product.stop();
    };
    return { dir, api, product, fleet, stop };
  } catch (error) {
    await product.stop();
    throw error;
  }
}

function settings(plan: DemoPlan, clock: string): Record<string, string> {
  return {
    LAMP_CLOCK: clock,
    LAMP_TRACE_SAMPLE: String(plan.traceSample),
    LAMP_CONFIRM_HOURS: String(plan.confirmHours),
    // Where the clock runs fast, a second is minutes of it.
    ...(plan.factor > 20 ? { LAMP_WINDOW_TICK_MS: '200', LAMP_WAVE_TICK_MS: '100' } : {}),
    // Real seconds: the demo ends soon after Ctrl-C.
    LAMP_DRAIN_SECONDS: '5',
    ...(process.env.LAMP_LOG_LEVEL === undefined ? {} : { LAMP_LOG_LEVEL: process.env.LAMP_LOG_LEVEL }),
  };
}

/** Servers of its own whatever the environment names: a demo starts from nothing and must not touch anyone's data. */
async function clear(dir: string): Promise<void> {
  for (const name of ['LAMP_NATS_URL', 'LAMP_REDIS_URL', 'LAMP_DATABASE_URL']) delete process.env[name];
  assertNotRunning(dir);
  const former = readState(dir);
  if (former !== undefined) await endOrphans(former);
  for (const path of [dir, ...foreignData(dir)]) rmSync(path, { recursive: true, force: true });
  mkdirSync(join(dir, 'fleet'), { recursive: true, mode: 0o700 });
}

function teller(narrator: Narrator, note: (text: string) => void): (event: ProcessEvent) => void {
  const ready: string[] = [];
  return ({ name, kind, reason, restarts }) => {
    if (kind === 'exited') narrator.tell(`✗ ${name} ended by itself (${reason}); it is started again`);
    if (kind !== 'ready') return;
    if (restarts > 0) return narrator.tell(`✓ ${name} is back (restart ${restarts})`);
    ready.push(name);
    note(ready.join(', '));
  };
}
