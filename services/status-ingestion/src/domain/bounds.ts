/** What a device may make us keep. Longer texts are cut, further entries left out: nothing of it decides anything. */
export const LIMITS = {
  /** Names, versions, keys: the longest that an index and a view take. */
  text: 255,
  products: 200,
  results: 50,
  chain: 10,
  description: 300,
  /** The raw chain in the report's row. */
  rawChain: 100,
  rawDescription: 2000,
} as const;

/** Undefined stays undefined, an empty text becomes it. */
export function cut(text: string | undefined, length: number = LIMITS.text): string | undefined {
  return text === undefined || text === '' ? undefined : text.slice(0, length).toWellFormed();
}

/** An instant as far as it makes sense and can be kept: years 1970 to 2999. */
export function within(at: Date | undefined): Date | undefined {
  const year = at?.getUTCFullYear() ?? Number.NaN;
  return year >= 1970 && year < 3000 ? at : undefined;
}
