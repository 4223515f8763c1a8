import { recordingLog, testNats, testRedis } from '@lamplighter/testing';
import { connectRedis } from '@lamplighter/storage';
import type { Redis } from '@lamplighter/storage';
import { silentLog } from '@lamplighter/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { config } from '../src/config.ts';
import { RedisPushBudget } from '../src/out/redis-push-budget.ts';
import type { Claimant } from '../src/ports.ts';

jest.setTimeout(30_000);

const settings = config.parse({
  LAMP_SECRET_KEY: Buffer.alloc(32).toString('base64'),
  LAMP_NATS_PREFIX: testNats().prefix,
  LAMP_PUSHES_PER_SECOND: '1000',
});
const clients: Redis[] = [];

async function client(url = testRedis().url): Promise<Redis> {
  const redis = connectRedis(url, silentLog);
  clients.push(redis);
  await redis.connect().catch(() => {});
  return redis;
}

afterAll(() => {
  for (const redis of clients) redis.disconnect();
});

const claimant = { lane: 'first' as const, tenant: 'default', topic: 'com.apple.mgmt.test', untilMs: Infinity };

async function takeAll(budget: RedisPushBudget, wanted: number, by: Claimant = claimant): Promise<void> {
  for (let left = wanted; left > 0;) left -= await budget.take(left, by);
}

describe('the push budget', () => {
  let processes: RedisPushBudget[];

  beforeAll(async () => {
    processes = await Promise.all([1, 2].map(async () => new RedisPushBudget(await client(), silentLog, settings)));
  });

  it('is one for all processes: 2 × 600 pushes at 1,000/s take a second, less what was saved up', async () => {
    const startedAt = performance.now();
    await Promise.all(processes.map((budget) => takeAll(budget, 600)));
    const ms = performance.now() - startedAt;
    expect(ms).toBeGreaterThan(900);
    expect(ms).toBeLessThan(3000);
  });

  it('goes on without Redis, at its own pace, and says so once', async () => {
    const log = recordingLog();
    const budget = new RedisPushBudget(await client('redis://127.0.0.1:1'), log, settings);
    const startedAt = performance.now();
    await takeAll(budget, 500);
    expect(performance.now() - startedAt).toBeGreaterThan(250);
    expect(log.lines.map((line) => line.level)).toEqual(['warn']);
  });
});
