import { describe, expect, it } from '@jest/globals';
import { type ExchangeReply, MAX_REQUEST_BYTES } from '@lamplighter/contracts';
import { fitReplies } from './fit-replies.ts';

const command = (kib: number): ExchangeReply => ({
  outcome: 'command',
  commandId: '0001fa56-8b1a-4f5a-9a3e-5d6c7b8a9e01',
  requestType: 'InstallProfile',
  command: '\n'.repeat((kib * 1024) / 2),
});
const outcomes = (replies: ExchangeReply[]) => fitReplies(replies).map(({ outcome }) => outcome);

describe('fitReplies', () => {
  it('leaves 256 ordinary replies as they are', () => {
    const replies = Array.from({ length: 256 }, () => command(2));
    expect(fitReplies(replies)).toEqual(replies);
  });

  it('sends the largest command to one device, and the others away for now', () => {
    expect(outcomes([command(640), command(640), { outcome: 'empty' }])).toEqual(['command', 'unavailable', 'empty']);
  });

  it('always fits what a message can carry', () => {
    const text = JSON.stringify(fitReplies(Array.from({ length: 256 }, () => command(60))));
    expect(Buffer.byteLength(text)).toBeLessThan(MAX_REQUEST_BYTES);
  });
});
