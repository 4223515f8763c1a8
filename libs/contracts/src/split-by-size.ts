/** How large an item's JSON is in bytes, and how many items a run may have. */
export interface SplitLimits<T> {
  /** An upper bound is enough, where it costs less. Default: the JSON itself. */
  sizeOf?: (item: T) => number;
  maxItems?: number;
}

/**
 * Cuts a message's items into runs whose JSON stays below `maxBytes` each, in order; an item that alone is larger gets a
 * run of its own. Nothing for nothing.
 */
export function splitBySize<T>(
  items: readonly T[],
  maxBytes: number,
  { sizeOf = jsonSize, maxItems = Infinity }: SplitLimits<T> = {},
): T[][] {
  const runs: T[][] = [];
  let size = Infinity;
  for (const item of items) {
    const bytes = sizeOf(item);
    const run = runs.at(-1);
    if (run === undefined || size + bytes > maxBytes || run.length >= maxItems) {
      runs.push([item]);
      size = bytes;
    } else {
      run.push(item);
      size += bytes;
    }
  }
  return runs;
}

/** The comma beside it included. */
function jsonSize(item: unknown): number {
  return Buffer.byteLength(JSON.stringify(item)) + 1;
}
