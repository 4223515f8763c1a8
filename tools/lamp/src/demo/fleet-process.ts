import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

import { LampError } from '../errors.ts';
import { repositoryRoot } from '../paths.ts';
import { LogFile, tailOf } from '../processes/log-file.ts';
import { run, type Running } from '../processes/program.ts';
import { demoMix, type DemoPlan } from './plan.ts';

const simulator = join(repositoryRoot, 'tools/fleet-sim/src/main.ts');
/** The release feed that the simulated devices find their updates in. */
export const sampleFeed = join(repositoryRoot, 'tools/fleet-sim/data/sample-gdmf.json');

const Group = z.object({ devices: z.number(), targeted: z.number(), commanded: z.number(), updated: z.number() });
const Counts = z.record(z.string(), z.unknown());
const Ids = z.array(z.string());

/** What the simulated devices and the simulated push service recorded themselves. */
const FleetRecord = z.object({
  devices: z.number(),
  states: z.record(z.string(), z.number()),
  platforms: z.record(z.string(), Group),
  behaviours: z.record(z.string(), Group),
  totals: z.object({ targeted: z.number(), reachable: z.number(), commanded: z.number(), updated: z.number() }),
  scheduled: z.record(z.string(), z.number()),
  enforced: z.number(),
  violations: z.object({ missed: Ids, twice: Ids, afterStop: Ids }),
  ids: z.object({ reachable: Ids, targeted: Ids, commanded: Ids }).optional(),
  sessions: z.looseObject({
    requests: z.number(),
    sessions: z.number(),
    answers: z.record(z.string(), z.number()),
    httpErrors: z.record(z.string(), z.number()),
    linesLost: z.number(),
    dropped: z.number(),
    duplicates: z.number(),
    retries: z.number(),
    unauthorized: z.number(),
    unrecognized: z.number(),
  }),
  apns: Counts,
  rssBytes: z.number(),
});
export type FleetRecord = z.infer<typeof FleetRecord>;

export interface FleetPaths {
  readonly serverUrl: string;
  readonly serverCa: string;
  readonly deviceCa: string;
  readonly deviceCaKey: string;
}

/** Where the fleet's certificates are; made before anything starts, because services are told of them. */
export interface FleetPki {
  readonly dir: string;
  readonly apnsCa: string;
  /** Push certificate and key. */
  readonly push: readonly [string, string];
}

export function makeFleetPki(dir: string, seed: string): FleetPki {
  const pki = join(dir, 'fleet');
  const made = spawnSync(process.execPath, [simulator, 'pki', '--pki-dir', pki, '--seed', seed], { encoding: 'utf8' });
  if (made.status !== 0) throw new LampError(`The fleet's certificates could not be made: ${made.stderr.trim()}`);
  return { dir: pki, apnsCa: join(pki, 'apns-ca.pem'), push: [join(pki, 'push.pem'), join(pki, 'push-key.pem')] };
}

export interface FleetStart {
  readonly dir: string;
  readonly plan: DemoPlan;
  readonly clock: string;
  readonly apnsPort: number;
  readonly pki: FleetPki;
  readonly paths: FleetPaths;
}

/** The simulated devices and their push service: a process of their own. */
export class FleetProcess {
  /** Resolves (with what it said last) when it ends by itself: never in a healthy demo. */
  readonly ended: Promise<string>;
  readonly pid: number;
  private readonly running: Running;
  private readonly control: string;

  private constructor(running: Running, control: string, logPath: string) {
    this.running = running;
    this.pid = running.pid;
    this.control = control;
    this.ended = running.exited.then(() => tailOf(logPath, 3).join('\n'));
  }

  /** Resolves once its servers listen; devices enroll from then on. */
  static async start(start: FleetStart): Promise<FleetProcess> {
    const logPath = join(start.dir, 'logs', 'fleet.log');
    const running = run(
      {
        name: 'fleet',
        command: process.execPath,
        args: [simulator, 'run', ...argumentsOf(start)],
        stopSignal: 'SIGTERM',
      },
      new LogFile(logPath),
    );
    const control = await Promise.race([controlUrl(running), running.exited.then(() => undefined)]);
    if (control !== undefined) return new FleetProcess(running, control, logPath);
    throw new LampError(`The simulated fleet did not start: ${tailOf(logPath, 3).join('\n')}`, `Read ${logPath}.`);
  }

  /** Epoch milliseconds of the demo's clock: the window's opening, and its stop time. */
  async record(query: { from?: number; stopAt?: number; ids?: true } = {}): Promise<FleetRecord> {
    const text = Object.entries(query).map(([key, value]) => `${key}=${value}`);
    return FleetRecord.parse(await this.get(`/summary?${text.join('&')}`));
  }

  /** Device ids that received a ScheduleOSUpdate or an enforcement. */
  async commanded(): Promise<Set<string>> {
    const { ids } = await this.record({ ids: true });
    return new Set(ids?.commanded);
  }

  async stop(): Promise<void> {
    this.running.child.kill('SIGTERM');
    const kill = setTimeout(() => this.running.child.kill('SIGKILL'), 5_000);
    await this.running.exited;
    clearTimeout(kill);
  }

  private async get(path: string): Promise<unknown> {
    const answer = await fetch(`${this.control}${path}`, { signal: AbortSignal.timeout(30_000) });
    return answer.json();
  }
}

function argumentsOf({ dir, plan, clock, apnsPort, pki, paths }: FleetStart): string[] {
  const mix = join(dir, 'fleet', 'mix.json');
  writeFileSync(mix, JSON.stringify(demoMix));
  const flags: Record<string, string | number> = {
    server: paths.serverUrl,
    'server-ca': paths.serverCa,
    'device-ca': paths.deviceCa,
    'device-ca-key': paths.deviceCaKey,
    'pki-dir': pki.dir,
    'apns-port': apnsPort,
    'control-port': 0,
    catalog: sampleFeed,
    mix,
    clock,
    devices: plan.devices,
    seed: plan.seed,
    progress: 10,
  };
  return [...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]), '--json'];
}

/** From its first line of output. */
function controlUrl({ child }: Running): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString('utf8')).slice(-10_000);
      const control = /"kind":"started".*"control":"([^"]+)"/.exec(text)?.[1];
      if (control !== undefined) resolve(control);
    });
  });
}
