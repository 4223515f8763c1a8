import { createHmac } from 'node:crypto';

/** Numbers from 0 up to 1. */
export type Random = () => number;

/** Bytes that depend on the seed and the cause alone. */
export function seededBytes(seed: string, ...cause: readonly (string | number)[]): Buffer {
  return createHmac('sha256', seed).update(JSON.stringify(cause)).digest();
}

/** The same sequence for the same seed and cause (mulberry32). */
export function seededRandom(seed: string, ...cause: readonly (string | number)[]): Random {
  let state = seededBytes(seed, 'random', ...cause).readUInt32BE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function between(random: Random, low: number, high: number): number {
  return low + random() * (high - low);
}

/** One key of `weights`, as often as its weight says. Throws when there is nothing to choose from. */
export function weighted<T>(random: Random, choices: readonly (readonly [T, number])[]): T {
  const total = choices.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random() * total;
  for (const [choice, weight] of choices) {
    left -= weight;
    if (left < 0) return choice;
  }
  const last = choices.at(-1);
  if (!last) throw new RangeError('nothing to choose from');
  return last[0];
}

export function pick<T>(random: Random, choices: readonly T[]): T {
  return weighted(
    random,
    choices.map((choice) => [choice, 1] as const),
  );
}
