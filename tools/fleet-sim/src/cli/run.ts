import { readFileSync } from 'node:fs';
import { startControl } from '../control.ts';
import { Catalog } from '../device/catalog.ts';
import { parseBehaviours } from '../device/mix.ts';
import { startFleet } from '../index.ts';
import type { FleetHandle, FleetOptions, Summary } from '../index.ts';

/** The options of `fleet-sim run`, as commander gives them. */
export interface RunOptions {
  readonly server: string;
  readonly serverCa?: string;
  readonly devices: number;
  readonly seed: string;
  readonly deviceCa?: string;
  readonly deviceCaKey?: string;
  readonly pkiDir: string;
  readonly apnsPort: number;
  readonly apnsHost: string;
  readonly apnsMaxStreams: number;
  readonly apnsDelay: number;
  readonly mix?: string;
  readonly behaviours?: string;
  readonly catalog?: string;
  readonly enrollRate: number;
  readonly sockets: number;
  readonly controlPort?: number;
  readonly progress: number;
  readonly exitWhenEnrolled?: boolean;
  readonly clock: string;
  readonly json?: boolean;
}

const text = (file: string): string => readFileSync(file, 'utf8');

function mixIn(file: string): Record<string, unknown> {
  try {
    return JSON.parse(text(file)) as Record<string, unknown>;
  } catch (error) {
    throw new Error(`the mix in ${file} cannot be read: ${error instanceof Error ? error.message : 'no JSON'}`);
  }
}

function fleetOptions(options: RunOptions): FleetOptions {
  const { deviceCa, deviceCaKey } = options;
  if ((deviceCa === undefined) !== (deviceCaKey === undefined)) {
    throw new Error('--device-ca and --device-ca-key belong together: give both or none');
  }
  const mix = options.mix ? mixIn(options.mix) : {};
  return {
    server: options.server,
    devices: options.devices,
    seed: options.seed,
    pkiDir: options.pkiDir,
    mix: options.behaviours ? { ...mix, behaviours: parseBehaviours(options.behaviours) } : mix,
    clock: options.clock,
    enrollRate: options.enrollRate,
    sockets: options.sockets,
    apns: {
      port: options.apnsPort,
      host: options.apnsHost,
      maxConcurrentStreams: options.apnsMaxStreams,
      answerDelayMs: options.apnsDelay,
    },
    ...(options.serverCa ? { serverCa: text(options.serverCa) } : {}),
    ...(deviceCa && deviceCaKey ? { deviceCa: { certificate: text(deviceCa), key: text(deviceCaKey) } } : {}),
    ...(options.catalog ? { catalog: Catalog.fromGdmf(text(options.catalog)) } : {}),
  };
}

type Report = (kind: string, facts: Record<string, unknown>) => void;

function reporter(json: boolean): Report {
  return (kind, facts) => {
    const words = Object.entries(facts).map(
      ([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
    );
    process.stdout.write(json ? `${JSON.stringify({ kind, ...facts })}\n` : `${kind}: ${words.join(' ')}\n`);
  };
}

function progress({ now, states, totals, scheduled, sessions, rssBytes }: Summary): Record<string, unknown> {
  const rssMiB = Math.round(rssBytes / 2 ** 20);
  return { at: new Date(now).toISOString(), states, ...totals, scheduled, requests: sessions.requests, rssMiB };
}

async function untilTold(handle: FleetHandle, exitWhenEnrolled: boolean): Promise<void> {
  const told = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await (exitWhenEnrolled ? Promise.race([told, handle.enrolled()]) : told);
}

/** `fleet-sim run`: ends on SIGINT or SIGTERM with a summary. */
export async function run(options: RunOptions): Promise<void> {
  const report = reporter(options.json ?? false);
  const handle = await startFleet(fleetOptions(options));
  const control = options.controlPort === undefined ? undefined : await startControl(handle, options.controlPort);
  report('started', { apns: handle.apnsUrl, control: control?.url ?? null, topic: handle.pki.topic });
  void handle.enrolled().then(() => report('enrolled', progress(handle.summary())));
  const timer = setInterval(() => report('progress', progress(handle.summary())), options.progress * 1000);
  await untilTold(handle, options.exitWhenEnrolled ?? false);
  clearInterval(timer);
  await control?.close();
  await handle.stop();
  report('summary', { ...handle.summary() });
}
