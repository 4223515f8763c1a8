import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

import { cpuBetween, type CpuSeconds, cpuSecondsOf, peakMemoryOf, totalOf } from '../../../bench/src/processes.ts';
import { fields, table } from '../table.ts';
import { number } from '../words.ts';
import type { Stage } from './stage.ts';

/** What the whole installation has taken since it started. */
export interface Snapshot {
  /** CPU seconds of each service, of `database`, `nats` and `redis`, and of the simulated `fleet`. */
  readonly cpu: CpuSeconds;
  /** Position in the database's write-ahead log, bytes. */
  readonly walBytes: number;
}

/** What a part of the demo cost. */
export interface PartCost {
  readonly cpu: CpuSeconds;
  readonly walBytes: number;
}

/** What a fleet costs: `lamp demo --measure`. */
export interface Costs {
  readonly enroll: PartCost;
  readonly night: PartCost;
  /** The most that each process held, MiB. PostgreSQL is left out: its memory is what it is given. */
  readonly peakMiB: Readonly<Record<string, number>>;
  /** Bytes on disk at the end, by schema of the database, and of the broker. */
  readonly disk: Readonly<Record<string, number>>;
}

const SIMULATED = 'fleet';

/** Reads what everything has taken so far. */
export async function snapshot(stage: Stage): Promise<Snapshot> {
  const [row] = await query<{ bytes: string }>(stage, `SELECT pg_current_wal_lsn() - '0/0' AS bytes`);
  return { cpu: cpuSecondsOf(pidsOf(stage)), walBytes: Number(row!.bytes) };
}

export async function costsOf(stage: Stage, [start, enrolled, end]: readonly Snapshot[]): Promise<Costs> {
  const pids = Object.entries(pidsOf(stage)).filter(([name]) => name !== 'database');
  const schemas = await query<{ schema: string; bytes: string }>(
    stage,
    `SELECT n.nspname AS schema, sum(pg_total_relation_size(c.oid)) AS bytes
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^(pg_|information_schema|public)'
      GROUP BY n.nspname ORDER BY 2 DESC`,
  );
  return {
    enroll: between(start!, enrolled!),
    night: between(enrolled!, end!),
    peakMiB: Object.fromEntries(pids.map(([name, pid]) => [name, Math.round(peakMemoryOf(pid))])),
    disk: {
      ...Object.fromEntries(schemas.map(({ schema, bytes }) => [schema, Number(bytes)])),
      broker: bytesBelow(join(stage.dir, 'nats')),
    },
  };
}

/** For people: totals, and what one device takes. */
export function describeCosts({ enroll, night, peakMiB, disk }: Costs, devices: number): string {
  const names = Object.keys(night.cpu);
  const each = (seconds: number): string => ((seconds / devices) * 1000).toFixed(2);
  const rows = names.map((name) => [
    name,
    (enroll.cpu[name] ?? 0).toFixed(1),
    night.cpu[name]!.toFixed(1),
    each(night.cpu[name]!),
    peakMiB[name] === undefined ? '' : number(peakMiB[name]),
  ]);
  const ours = (cpu: CpuSeconds): number => totalOf(cpu) - (cpu[SIMULATED] ?? 0);
  const perDevice = (bytes: number): string => `${number(Math.round(bytes / devices))} bytes a device`;
  return [
    table(['process', 'enrolling: CPU s', 'night: CPU s', 'night: ms a device', 'peak MiB'], rows),
    fields([
      [
        'CPU without the fleet',
        `${ours(enroll.cpu).toFixed(0)} s enrolling, ${ours(night.cpu).toFixed(0)} s the night`,
      ],
      ['a device', `${each(ours(enroll.cpu))} ms enrolling, ${each(ours(night.cpu))} ms the night`],
      ['write-ahead log', `${perDevice(enroll.walBytes)} enrolling, ${perDevice(night.walBytes)} the night`],
      ...Object.entries(disk).map(([name, bytes]) => [`disk: ${name}`, perDevice(bytes)] as const),
    ]),
  ].join('\n\n');
}

function between(before: Snapshot, after: Snapshot): PartCost {
  return { cpu: cpuBetween(before.cpu, after.cpu), walBytes: after.walBytes - before.walBytes };
}

function pidsOf({ product, fleet }: Stage): Record<string, number> {
  const parts = [...product.processes].map(([name, { identity }]) => [name, identity?.pid ?? 0] as const);
  return { ...Object.fromEntries(parts), [SIMULATED]: fleet.pid };
}

async function query<T extends pg.QueryResultRow>(stage: Stage, text: string): Promise<T[]> {
  const db = new pg.Client({ connectionString: stage.product.urls.database });
  await db.connect();
  try {
    return (await db.query<T>(text)).rows;
  } finally {
    await db.end();
  }
}

/** Files that go away meanwhile count as nothing. */
function bytesBelow(dir: string): number {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce(
    (sum, file) => sum + (statSync(join(file.parentPath, file.name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
