import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts process times in hundredths of a second, whatever its own tick is. */
const TICKS_PER_SECOND = 100;

interface Stat {
  readonly parent: number;
  /** Its own time and that of its children that have ended. */
  readonly cpuSeconds: number;
}

/**
 * CPU seconds that each of these processes and its children, dead ones too, have taken. What a child took moves to its
 * parent when it ends, so that differences of this count nothing twice. Processes that are gone count as nothing.
 */
export function cpuSecondsOf(pids: Readonly<Record<string, number>>): Record<string, number> {
  const names = new Map(Object.entries(pids).map(([name, pid]) => [pid, name]));
  const seconds = Object.fromEntries(Object.keys(pids).map((name) => [name, 0]));
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    const stat = Number.isInteger(pid) ? statOf(pid) : undefined;
    const name = stat && (names.get(pid) ?? names.get(stat.parent));
    if (name !== undefined) seconds[name]! += stat!.cpuSeconds;
  }
  return seconds;
}

/** CPU seconds of a piece of work, by process. */
export type CpuSeconds = Readonly<Record<string, number>>;

export function cpuBetween(before: CpuSeconds, after: CpuSeconds): CpuSeconds {
  return Object.fromEntries(Object.entries(after).map(([name, seconds]) => [name, seconds - (before[name] ?? 0)]));
}

export function totalOf(cpu: CpuSeconds): number {
  return Object.values(cpu).reduce((sum, seconds) => sum + seconds, 0);
}

/** `database 1.2 s, nats 0.3 s` */
export function cpuText(cpu: CpuSeconds): string {
  return Object.entries(cpu)
    .map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`)
    .join(', ');
}

/** The most memory that a process has held so far, in MiB; 0 when it is gone. */
export function peakMemoryOf(pid: number): number {
  const status = read(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}

function statOf(pid: number): Stat | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === '') return undefined;
  // The command name may hold spaces and parentheses: fields are counted from its last ')'.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { parent: Number(fields[1]), cpuSeconds: ticks / TICKS_PER_SECOND };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
