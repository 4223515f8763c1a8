/** Cuts items into runs whose JSON stays below `maxBytes` each; an item that alone is larger gets a run of its own. */
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
