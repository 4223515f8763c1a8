import { type ChildProcess, spawn, spawnSync } from 'node:child_process';

import type { LogFile } from './log-file.ts';

/** How to run one child. */
export interface Job {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's environment without any `LAMP_` variable. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whom to run as; only root may name someone else. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** What asks it to finish. */
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
}

/** A child that serves until it is stopped. */
export interface Program extends Job {
  /** SIGKILL follows the stop signal after this. */
  readonly graceMs: number;
  /** True once it serves; called again and again until then, and may throw meanwhile. */
  ready(): Promise<boolean>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exited: Promise<Exit>;
}

/**
 * Starts a program in its own process group, so that a Ctrl-C in the terminal reaches only this process, which then
 * stops its children in order. Where the system can, the child is told to finish when this process dies.
 */
export function run(program: Job, log: LogFile): Running {
  const wrap = deathSignalWrapper(program.stopSignal);
  const argv = [...wrap, program.command, ...program.args];
  const child = spawn(argv[0] ?? program.command, argv.slice(1), {
    cwd: program.cwd,
    env: { ...inheritedEnv(), ...program.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...program.user,
  });
  child.stdout?.on('data', (chunk: Buffer) => log.write(chunk));
  child.stderr?.on('data', (chunk: Buffer) => log.write(chunk));
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      log.write(`${program.command}: ${error.message}\n`);
      resolve({ code: 127, signal: null });
    });
  });
  return { child, pid: child.pid ?? 0, exited };
}

/** Asks, waits for the grace period, then kills. */
export async function stop(program: Program, running: Running): Promise<Exit> {
  running.child.kill(program.stopSignal);
  const kill = setTimeout(() => running.child.kill('SIGKILL'), program.graceMs);
  const exit = await running.exited;
  clearTimeout(kill);
  return exit;
}

/** What a child inherits: nothing of `LAMP_…`, so that it sees only what is passed on purpose. */
function inheritedEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('LAMP_') && name !== 'NODE_OPTIONS'),
  );
}

let canSetDeathSignal: boolean | undefined;

function deathSignalWrapper(signal: string): string[] {
  const prefix = ['setpriv', '--pdeathsig', signal.slice(3)];
  canSetDeathSignal ??= process.platform === 'linux' && spawnSync('setpriv', [...prefix.slice(1), 'true']).status === 0;
  return canSetDeathSignal ? prefix : [];
}
