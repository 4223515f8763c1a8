import { describe, expect, it } from '@jest/globals';
import { splitBySize } from './split-by-size.ts';

describe('splitBySize', () => {
  it('keeps every item, in order, in runs below the limit', () => {
    const items = Array.from({ length: 50 }, (_, n) => ({ n, text: 'x'.repeat(n) }));
    const runs = splitBySize(items, 300);
    expect(runs.flat()).toEqual(items);
    for (const run of runs) expect(JSON.stringify(run).length).toBeLessThanOrEqual(302);
  });

  it('gives an item that is too large a run of its own, and nothing for nothing', () => {
    expect(splitBySize(['x'.repeat(50), 'y'], 10)).toEqual([['x'.repeat(50)], ['y']]);
    expect(splitBySize([], 10)).toEqual([]);
  });
});
