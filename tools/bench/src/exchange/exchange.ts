import { type Bed, onBed } from '../bed.ts';
import type { BenchOptions, Report } from '../options.ts';
import { cpuText, totalOf } from '../processes.ts';
import { median, resultOf } from '../result.ts';
import { type BaselineProcess, startBaseline } from './baseline-process.ts';
import { type BenchIdentity, newIdentity } from './device-certificate.ts';
import { loadDevices, type MeasuredLoad } from './run-load.ts';
import { stageSessions } from './stage.ts';

const DEFAULT_DEVICES = 100_000;
const GOAL = 5;
/** Of the slowest requests in a hundred, 256 connections: at most a quarter of the baseline's time. */
const P99_GOAL = 4;

/** By connections at once; the larger one is the benchmark's own name. */
const LOADS = [
  { name: 'exchange-64', connections: 64 },
  { name: 'exchange', connections: 256 },
] as const;

type Side = 'ours' | 'baseline';
type Measured = Record<Side, MeasuredLoad[]>;

interface Field {
  readonly bed: Bed;
  readonly baseline: BaselineProcess;
  readonly identity: BenchIdentity;
  readonly options: BenchOptions;
}

/** Requests per CPU second of all server processes, for sessions of Idle → command → Acknowledged → empty. */
export async function exchange(options: BenchOptions): Promise<Report> {
  return onBed(options, { services: ['device-gateway', 'command-queue'] }, async (bed) => {
    const baseline = await startBaseline(bed);
    try {
      const field = { bed, baseline, options, identity: newIdentity(bed.product.pki) };
      const measured = new Map<string, Measured>(LOADS.map(({ name }) => [name, { ours: [], baseline: [] }]));
      for (let run = 1; run <= options.runs; run += 1) {
        for (const load of LOADS) await bothSides(field, load, run, measured.get(load.name)!);
      }
      const reports = LOADS.map(({ name }) => reportOf(name, measured.get(name)!));
      const memory = `exchange: peak memory ${bed.peakMemory()}`;
      return {
        results: reports.flatMap(({ results }) => results),
        notes: [...reports.flatMap(({ notes }) => notes), memory],
      };
    } finally {
      await baseline.stop();
    }
  });
}

async function bothSides(
  field: Field,
  { name, connections }: (typeof LOADS)[number],
  run: number,
  into: Measured,
): Promise<void> {
  const { options } = field;
  for (const side of ['ours', 'baseline'] as const) {
    options.signal.throwIfAborted();
    const load = await loadOn(field, side, connections);
    into[side].push(load);
    options.say(`${name} ${run}/${options.runs} ${side}: ${figures([load])}; ${cpuText(load.cpu)}`);
  }
}

async function loadOn({ bed, baseline, identity, options }: Field, side: Side, connections: number) {
  const devices = options.devices ?? DEFAULT_DEVICES;
  await stageSessions(bed.db, devices, identity.hash);
  const server = side === 'ours' ? undefined : baseline;
  return loadDevices(bed, options, { identity, connections, devices, server });
}

function reportOf(name: string, { ours, baseline }: Measured) {
  const samples = (loads: readonly MeasuredLoad[]) =>
    loads.map(({ requests, cpu }) => ({ rate: requests / totalOf(cpu), cpuSeconds: totalOf(cpu) }));
  const results = [resultOf({ name, unit: 'requests/CPU-s', goal: GOAL }, samples(ours), samples(baseline))];
  if (name === 'exchange') {
    const slowest = (loads: readonly MeasuredLoad[]) =>
      samples(loads).map(({ cpuSeconds }, n) => ({ rate: 1_000 / loads[n]!.p99Ms, cpuSeconds }));
    results.push(resultOf({ name: 'exchange-p99', unit: '1/p99 s', goal: P99_GOAL }, slowest(ours), slowest(baseline)));
  }
  return { results, notes: [`${name}: ours ${figures(ours)}`, `${name}: baseline ${figures(baseline)}`] };
}

/** Medians of what a person also wants to know. */
export function figures(loads: readonly MeasuredLoad[]): string {
  const of = (value: (load: MeasuredLoad) => number): number => median(loads.map(value));
  const perCpu = Math.round(of(({ requests, cpu }) => requests / totalOf(cpu)));
  const perSecond = Math.round(of(({ requests, seconds }) => requests / seconds));
  const [p50, p99] = [of((load) => load.p50Ms), of((load) => load.p99Ms)];
  return `${perCpu} requests/CPU-s, ${perSecond} requests/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
}
