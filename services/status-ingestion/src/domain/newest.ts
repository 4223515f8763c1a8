/** One entry a device, the one with the highest rank; the later of equals. Sorted, so that rows are always locked in one order. */
export function newestPerDevice<T extends { tenant: string; deviceId: string }>(
  entries: readonly T[],
  rank: (entry: T) => number,
): T[] {
  const newest = new Map<string, T>();
  for (const entry of entries) {
    const key = `${entry.tenant}\0${entry.deviceId}`;
    const held = newest.get(key);
    if (held === undefined || rank(entry) >= rank(held)) newest.set(key, entry);
  }
  return [...newest].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

/** All entries, the earliest of each device in the first round, what it said next in the second: a later one may say less. */
export function roundsPerDevice<T extends { tenant: string; deviceId: string }>(
  entries: readonly T[],
  rank: (entry: T) => number,
): T[][] {
  const rounds: T[][] = [];
  for (let left = entries; left.length > 0;) {
    const round = newestPerDevice(left, (entry) => -rank(entry));
    rounds.push(round);
    const taken = new Set(round);
    left = left.filter((entry) => !taken.has(entry));
  }
  return rounds;
}
