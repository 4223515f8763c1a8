import { AppError } from '@lamplighter/contracts';
import type { Log } from './log.ts';

/** How often a failure that lasts is told again, in real milliseconds. */
const AGAIN_MS = 600_000;

interface Failing {
  message: string;
  toldAt: number;
}

/**
 * Periodic work on things of many tenants, one after the other: one that fails keeps no other from its turn. A failure is an error in
 * the log, once as long as it lasts and stays the same, and once more every ten minutes; that it was done after one is told too.
 */
export class EachAlone<T extends object> {
  private readonly log: Log;
  private readonly failure: string;
  private readonly keys: readonly (keyof T)[];
  private failing = new Map<string, Failing>();

  /**
   * @param failure what could not be done to the thing, e.g. `the rings of a rollout could not be judged`
   * @param keys what tells a thing from all others, for the log: its tenant first
   */
  constructor(log: Log, failure: string, keys: readonly (keyof T)[]) {
    this.log = log;
    this.failure = failure;
    this.keys = keys;
  }

  /** A turn for each of all the things that there are now. Does not throw for one of them; returns how many failed. */
  async run(things: Iterable<T>, work: (thing: T) => Promise<unknown>): Promise<number> {
    const failing = new Map<string, Failing>();
    for (const thing of things) {
      const keys = Object.fromEntries(this.keys.map((key) => [key, thing[key]]));
      const name = JSON.stringify(keys);
      try {
        await work(thing);
        if (this.failing.has(name)) this.log.info(keys, `${this.failure}; now it was done`);
      } catch (error) {
        failing.set(name, this.tell(keys, error, this.failing.get(name)));
      }
    }
    this.failing = failing;
    return failing.size;
  }

  private tell(keys: object, error: unknown, last: Failing | undefined): Failing {
    const message = error instanceof Error ? error.message : String(error);
    const now = performance.now();
    if (last?.message === message && now - last.toldAt < AGAIN_MS) return last;
    const remedy =
      error instanceof AppError && error.remedy !== undefined
        ? error.remedy
        : 'mend what the error names; if that says nothing, report it with this line';
    this.log.error({ ...keys, err: error, remedy }, `${this.failure}; others go on, and it is tried again`);
    return { message, toldAt: now };
  }
}
