import type { Log } from '@lamplighter/runtime';
import { Redis } from 'ioredis';

export { Redis };

/** Fails fast while Redis is away: what it holds may be lost, and callers carry on without it. */
export function connectRedis(url: string, log: Log): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    retryStrategy: (times) => Math.min(times * 200, 5000),
  });
  let reported = false;
  redis.on('error', (error: Error) => {
    if (!reported) log.warn({ err: error }, 'Redis is away; going on without it');
    reported = true;
  });
  redis.on('ready', () => {
    reported = false;
  });
  return redis;
}
