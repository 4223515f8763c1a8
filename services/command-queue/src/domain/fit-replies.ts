import { MAX_REQUEST_BYTES } from '@lamplighter/contracts';
import type { ExchangeReply } from '@lamplighter/contracts';

/**
 * The replies to one request of a gateway, as many of them as a message can carry: a device whose (large) command has no
 * room is asked to come again, and gets it then.
 */
export function fitReplies(replies: readonly ExchangeReply[]): ExchangeReply[] {
  let room = MAX_REQUEST_BYTES;
  return replies.map((reply) => {
    const bytes = sizeOf(reply);
    if (bytes > room) return { outcome: 'unavailable' };
    room -= bytes;
    return reply;
  });
}

/** Its JSON, exactly where there is much of it. */
function sizeOf(reply: ExchangeReply): number {
  const command = reply.outcome === 'command' ? Buffer.byteLength(JSON.stringify(reply.command)) : 0;
  return 700 + command;
}
