import { setTimeout as sleep } from 'node:timers/promises';

import { LampError } from '../errors.ts';
import { identify, type ProcessIdentity } from './identity.ts';
import { LogFile, tailOf } from './log-file.ts';
import { type Exit, type Program, run, type Running, stop } from './program.ts';

export interface ProcessEvent {
  readonly name: string;
  readonly kind: 'starting' | 'ready' | 'exited' | 'stopped';
  readonly pid?: number;
  readonly restarts: number;
  /** Why it exited, and when it is started again. */
  readonly reason?: string;
  readonly retryInMs?: number;
}

export interface SuperviseOptions {
  readonly logPath: string;
  /** Starts it again, with growing pauses, when it exits by itself. */
  readonly restart: boolean;
  readonly startTimeoutMs: number;
  onEvent?(event: ProcessEvent): void;
}

/** A run of this length counts as healthy: the next crash starts again with the shortest pause. */
const healthyAfterMs = 60_000;

/** The pause before the n-th start in a row (n from 1): 200 ms doubling to 10 s. */
export function restartDelayMs(attempt: number): number {
  return Math.min(10_000, 200 * 2 ** (attempt - 1));
}

/** One child process, watched: readiness, restarts, orderly stop. */
export class Supervised {
  readonly program: Program;
  restarts = 0;
  isReady = false;
  private readonly options: SuperviseOptions;
  private readonly log: LogFile;
  private running: Running | undefined;
  private readonly stopping = new AbortController();
  private watching: Promise<void> = Promise.resolve();

  constructor(program: Program, options: SuperviseOptions) {
    this.program = program;
    this.options = options;
    this.log = new LogFile(options.logPath);
  }

  get identity(): ProcessIdentity | undefined {
    return this.running === undefined ? undefined : identify(this.running.pid);
  }

  /** Resolves when it is ready for the first time; an exit or a timeout before that stops it and throws. */
  async start(): Promise<void> {
    if (this.stopping.signal.aborted) throw new LampError(`${this.program.name} was stopped before it started.`);
    const running = this.launch();
    const early = await this.awaitReady(running);
    if (early === undefined) {
      this.watching = this.watch(running);
      return;
    }
    await this.stop();
    const tail = tailOf(this.options.logPath, 12).map((line) => `    ${line}`);
    throw new LampError(
      `${this.program.name} did not start (${early}). Its last log lines:\n${tail.join('\n')}`,
      `Read ${this.options.logPath} for the whole log.`,
    );
  }

  async stop(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    this.stopping.abort();
    if (this.running !== undefined) await stop(this.program, this.running);
    await this.watching;
    this.running = undefined;
    this.isReady = false;
    this.emit('stopped', {});
    this.log.close();
  }

  /** For tests of failures: ends the process the hard way; supervision then does its work. */
  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.running?.child.kill(signal);
  }

  private launch(): Running {
    const running = run(this.program, this.log);
    this.running = running;
    this.emit('starting', { pid: running.pid });
    return running;
  }

  /** Undefined when ready, else why not. */
  private async awaitReady(running: Running): Promise<string | undefined> {
    const deadline = Date.now() + this.options.startTimeoutMs;
    let exit: Exit | undefined;
    void running.exited.then((value) => (exit = value));
    while (exit === undefined && !this.stopping.signal.aborted) {
      if (await this.program.ready().catch(() => false)) {
        this.isReady = true;
        this.emit('ready', { pid: running.pid });
        return undefined;
      }
      if (Date.now() > deadline) return `not ready after ${this.options.startTimeoutMs / 1000} s`;
      await Promise.race([sleep(50), running.exited]);
    }
    return exit === undefined ? 'stopped' : describe(exit);
  }

  private async watch(first: Running): Promise<void> {
    let running = first;
    let attempt = 0;
    for (;;) {
      const startedAt = Date.now();
      const exit = await running.exited;
      this.isReady = false;
      if (this.stopping.signal.aborted) return;
      attempt = Date.now() - startedAt > healthyAfterMs ? 1 : attempt + 1;
      const retryInMs = this.options.restart ? restartDelayMs(attempt) : undefined;
      this.emit('exited', { reason: describe(exit), retryInMs });
      if (retryInMs === undefined) return;
      await sleep(retryInMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
      this.restarts += 1;
      running = this.launch();
      const notReady = await this.awaitReady(running);
      if (notReady?.startsWith('not ready')) running.child.kill('SIGKILL');
    }
  }

  private emit(kind: ProcessEvent['kind'], more: Partial<ProcessEvent>): void {
    this.options.onEvent?.({ name: this.program.name, kind, restarts: this.restarts, ...more });
  }
}

function describe(exit: Exit): string {
  return exit.signal === null ? `exit code ${exit.code}` : `ended by ${exit.signal}`;
}
