import { describe, expect, it } from '@jest/globals';
import { MAX_EVENT_BYTES } from '@lamplighter/contracts';
import { deviceItemSize, inBatches } from './batches.ts';

describe('inBatches', () => {
  it('makes no batch of no items', () => {
    expect(inBatches([], () => 1)).toEqual([]);
  });
  it('keeps a thousand ordinary devices in one message', () => {
    const items = Array.from({ length: 1000 }, (_, n) => ({ deviceId: `00008103-${String(n).padStart(16, '0')}` }));
    expect(inBatches(items, deviceItemSize)).toEqual([items]);
  });
  it('cuts before the limit is passed and gives an oversized item its own batch', () => {
    const big = MAX_EVENT_BYTES + 1;
    expect(inBatches([1, big, 2, MAX_EVENT_BYTES - 2, 1], (size) => size)).toEqual([
      [1],
      [big],
      [2, MAX_EVENT_BYTES - 2],
      [1],
    ]);
  });
});
