import { join } from 'node:path';
import { z } from 'zod';

import { exitCode, LampError } from '../errors.ts';
import { readJson, writePrivate } from '../private-file.ts';
import { identify, isAlive } from '../processes/identity.ts';

const Identity = z.object({ pid: z.number(), mark: z.string() });

const ProcessState = z.object({
  name: z.string(),
  kind: z.enum(['service', 'server']),
  /** Absent while it is not running. */
  identity: Identity.optional(),
  restarts: z.number(),
  isReady: z.boolean(),
  /** Of a service: where health (and the admin API) answer. Of a server: its own. */
  port: z.number().optional(),
  /** True for a server that a `LAMP_…_URL` names: it is not ours to stop. */
  isExternal: z.boolean(),
});

const State = z.object({
  version: z.literal(1),
  phase: z.enum(['starting', 'ready', 'stopping', 'stopped']),
  /** The supervising `lamp` process. */
  lamp: Identity,
  startedAt: z.string(),
  urls: z.object({ gateway: z.string(), admin: z.string(), nats: z.string(), redis: z.string(), database: z.string() }),
  ports: z.record(z.string(), z.number()),
  processes: z.array(ProcessState),
});

export type ProductState = z.infer<typeof State>;
export type ProcessState = z.infer<typeof ProcessState>;

/** `state.json` as the last start left it; undefined when there is none that can be read. It holds passwords (0600). */
export function readState(dir: string): ProductState | undefined {
  const state = State.safeParse(readJson(join(dir, 'state.json')));
  return state.success ? state.data : undefined;
}

export function writeState(dir: string, state: ProductState): void {
  writePrivate(join(dir, 'state.json'), JSON.stringify(state, null, 2));
}

/** The state of an installation that runs now. */
export function runningState(dir: string): ProductState | undefined {
  const state = readState(dir);
  return state !== undefined && state.phase !== 'stopped' && isAlive(state.lamp) ? state : undefined;
}

/** Throws where a product runs already. */
export function assertNotRunning(dir: string): void {
  const running = runningState(dir);
  if (running === undefined) return;
  throw new LampError(
    `Lamplighter runs already in ${dir} (process ${running.lamp.pid}).`,
    'lamp status shows it, lamp down stops it; or use another --dir.',
  );
}

/** The state of what runs in `dir`; throws (exit code 3) where nothing does. */
export function requireRunning(dir: string): ProductState {
  const running = runningState(dir);
  if (running !== undefined) return running;
  throw new LampError(`Lamplighter does not run in ${dir}.`, 'Start it with lamp up.', exitCode.notRunning);
}

/** Ends what a `lamp` process that died has left running: asks, then kills. Returns the names. */
export async function endOrphans(state: ProductState, graceMs = 10_000): Promise<string[]> {
  const orphans = state.processes.flatMap(({ name, identity }) =>
    identity !== undefined && isAlive(identity) ? [{ name, identity }] : [],
  );
  for (const { name, identity } of orphans) signal(identity.pid, name === 'database' ? 'SIGINT' : 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (orphans.some(({ identity }) => isAlive(identity)) && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 50));
  for (const { identity } of orphans) if (isAlive(identity)) signal(identity.pid, 'SIGKILL');
  return orphans.map(({ name }) => name);
}

/** Asks a process to end; one that is gone already is fine. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone between the check and the signal.
  }
}

export function ownIdentity(): { pid: number; mark: string } {
  const own = identify(process.pid);
  return own === undefined ? { pid: process.pid, mark: '' } : { ...own };
}
