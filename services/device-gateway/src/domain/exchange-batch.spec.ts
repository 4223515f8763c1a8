import { describe, expect, it } from '@jest/globals';
import type { Exchange } from '@lamplighter/contracts';
import fc from 'fast-check';
import { inBatches, sizeOf } from './exchange-batch.ts';

// The parser lets no control character but tabs and line ends through.
const xmlText = fc
  .array(fc.oneof(fc.constantFrom('"', '\\', '\n', '\t', '<', 'é', '好', '😀'), fc.string({ unit: 'grapheme-ascii' })))
  .map((parts) => parts.join(''));
const exchanges = fc.array(
  fc
    .record({ deviceId: fc.string({ minLength: 1, maxLength: 20 }), xml: fc.option(xmlText, { nil: undefined }) })
    .map(({ deviceId, xml }): Exchange => ({
      tenant: 'default',
      deviceId,
      certificateHash: 'a'.repeat(64),
      receivedAt: '2026-11-20T02:00:00.000Z',
      ...(xml === undefined ? {} : { answer: { commandId: 'c', status: 'Error', payload: { xml } } }),
    })),
  { maxLength: 40 },
);

describe('inBatches', () => {
  it('never estimates an exchange smaller than it is', () => {
    fc.assert(
      fc.property(exchanges, (items) => {
        for (const item of items) expect(sizeOf(item)).toBeGreaterThanOrEqual(Buffer.byteLength(JSON.stringify(item)));
      }),
    );
  });

  it('keeps every exchange, in order, in batches within the limit', () => {
    fc.assert(
      fc.property(exchanges, (items) => {
        const batches = inBatches(items, 5_000);
        expect(batches.flat()).toEqual(items);
        for (const batch of batches) expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThanOrEqual(5_000);
      }),
    );
  });

  it('makes no batch of nothing', () => {
    expect(inBatches([])).toEqual([]);
  });
});
