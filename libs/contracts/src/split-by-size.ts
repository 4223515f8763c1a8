/**
 * Cuts a message's items into runs whose JSON stays below `maxBytes` each, in order; an item that alone is larger gets a
 * run of its own. Nothing for nothing.
 */
export function splitBySize<T>(items: readonly T[], maxBytes: number): T[][] {
  const runs: T[][] = [];
  let size = Infinity;
  for (const item of items) {
    const bytes = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (size + bytes > maxBytes) {
      runs.push([]);
      size = 0;
    }
    runs.at(-1)?.push(item);
    size += bytes;
  }
  return runs;
}
