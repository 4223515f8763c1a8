import { createHash } from 'node:crypto';

import { mutate } from './mutate.ts';
import { Random } from './random.ts';

/** Something that reads what a stranger sent. */
export interface Target {
  readonly name: string;
  /** What it reads, for people. */
  readonly summary: string;
  /** Sound inputs, from which others are made. */
  readonly corpus: readonly Buffer[];
  /** What means something in this format. */
  readonly words: readonly string[];
  /** Patterns of pieces of which each may stand for any other of its kind, e.g. keys, values. */
  readonly pieces?: readonly RegExp[];
  /** Reads one input. Throws Refused for what it may refuse; anything else that it throws is a finding. */
  feed(input: Buffer): void;
}

/** The input was refused as it should be. */
export class Refused extends Error {}

export interface Bounds {
  readonly seed: number;
  /** Stops after so many inputs, or at this time (ms of `performance.now()`), whichever comes first. */
  readonly inputs?: number;
  readonly until?: number;
}

export interface Outcome {
  readonly inputs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly slowestMs: number;
}

/** A finding: what it was fed and what came of it. */
export class Finding extends Error {
  readonly input: Buffer;

  constructor(target: Target, input: Buffer, seed: number, cause: unknown) {
    const hash = createHash('sha256').update(input).digest('hex').slice(0, 12);
    const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(`${target.name}, seed ${seed}, input ${hash} (${input.length} bytes): ${what}`, { cause });
    this.input = input;
  }
}

/** A stuck parser: far above what the slowest machine takes for 64 KiB. */
const STUCK_MS = 10_000;
/** Of one input of at most 64 KiB. */
const MOST_GROWTH = 256 * 2 ** 20;

/** Feeds a target its corpus and then changed inputs. Throws Finding at the first input that does harm. */
export function run(target: Target, bounds: Bounds): Outcome {
  const random = new Random(bounds.seed);
  const { corpus, pieces } = target;
  const material = { corpus, pieces, words: target.words.map((word) => Buffer.from(word, 'latin1')) };
  let [inputs, accepted, slowestMs] = [0, 0, 0];
  const goesOn = (): boolean =>
    inputs < (bounds.inputs ?? Number.POSITIVE_INFINITY) &&
    performance.now() < (bounds.until ?? Number.POSITIVE_INFINITY);
  for (; goesOn(); inputs += 1) {
    const sound = corpus[inputs];
    const input = sound ?? mutate(random.of(corpus), random, material);
    const { taken, ms } = feed(target, input, bounds.seed);
    if (sound !== undefined && !taken) throw new Finding(target, input, bounds.seed, 'a sound input was refused');
    accepted += Number(taken);
    slowestMs = Math.max(slowestMs, ms);
  }
  return { inputs, accepted, refused: inputs - accepted, slowestMs };
}

function feed(target: Target, input: Buffer, seed: number): { taken: boolean; ms: number } {
  const heldBefore = held();
  const start = performance.now();
  let taken = true;
  try {
    target.feed(input);
  } catch (error) {
    if (!(error instanceof Refused)) throw new Finding(target, input, seed, error);
    taken = false;
  }
  const ms = performance.now() - start;
  if (ms > STUCK_MS) throw new Finding(target, input, seed, `it took ${Math.round(ms)} ms`);
  const grown = held() - heldBefore;
  if (grown > MOST_GROWTH) throw new Finding(target, input, seed, `it took ${grown} bytes of memory`);
  return { taken, ms };
}

function held(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
