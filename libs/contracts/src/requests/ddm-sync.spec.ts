import { describe, expect, it } from '@jest/globals';
import { MAX_REQUEST_BYTES } from '../message-sizes.ts';
import { packSyncReplies, unpackSyncReplies } from './ddm-sync.ts';

describe('replies to a batch of syncs', () => {
  it('come out as they went in, and share what is the same', () => {
    const replies = [
      { status: 200, body: '{"a":1}' },
      { status: 200 },
      { status: 404, body: '{"code":"x"}' },
      { status: 200, body: '{"a":1}' },
    ];
    const packed = packSyncReplies(replies);
    expect(packed.bodies).toHaveLength(2);
    expect(unpackSyncReplies(packed)).toEqual(replies);
  });

  it('fit into one message: who has no room is asked to come again', () => {
    const large = (n: number) => ({ status: 200, body: `${n}${'"'.repeat(150_000)}` });
    const packed = packSyncReplies([large(1), large(2), large(3), large(4), large(1), { status: 200, body: 'small' }]);
    expect(Buffer.byteLength(JSON.stringify(packed))).toBeLessThan(MAX_REQUEST_BYTES);
    expect(packed.replies.map(({ status }) => status)).toEqual([200, 200, 200, 503, 200, 200]);
  });
});
