import { Redis } from 'ioredis';
import { join } from 'node:path';

import { writePrivate } from '../private-file.ts';
import { redisServer } from './binaries.ts';
import type { Server, ServerSetting } from './server.ts';

/** Redis without persistence: it holds only what may be lost. */
export async function prepareRedis({ dir, port, password }: ServerSetting): Promise<Server> {
  const binary = await redisServer();
  const config = join(dir, 'redis.conf');
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    'save ""',
    'appendonly no',
    'daemonize no',
  ];
  writePrivate(config, `${lines.join('\n')}\n`);
  const url = `redis://:${password}@127.0.0.1:${port}`;
  return {
    url,
    program: {
      name: 'redis',
      command: binary.path,
      args: [config],
      env: binary.env,
      cwd: dir,
      stopSignal: 'SIGTERM',
      graceMs: 10_000,
      ready: () => ping(url),
    },
  };
}

async function ping(url: string): Promise<boolean> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    disconnectTimeout: 100,
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } finally {
    redis.disconnect();
  }
}
