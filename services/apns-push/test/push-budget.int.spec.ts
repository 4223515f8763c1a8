import { recordingLog, silentLog, testNats, testRedis, waitFor } from '@lamplighter/testing';
import { connectRedis } from '@lamplighter/storage';
import type { Redis } from '@lamplighter/storage';
import { afterEach, describe, expect, it } from '@jest/globals';
import { config } from '../src/config.ts';
import { RedisPushBudget } from '../src/out/redis-push-budget.ts';
import type { Claimant } from '../src/ports.ts';
import { TcpProxy } from './tcp-proxy.ts';

const closing: (() => unknown)[] = [];
const first: Claimant = { lane: 'first', tenant: 'default', topic: 'com.apple.mgmt.test', untilMs: Infinity };
const repeat: Claimant = { ...first, lane: 'repeat' };

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Processes of one installation: 1,000 pushes a second. */
function installation(more: Record<string, string> = {}) {
  const settings = config.parse({
    LAMP_SECRET_KEY: Buffer.alloc(32).toString('base64'),
    LAMP_NATS_PREFIX: testNats().prefix,
    LAMP_PUSHES_PER_SECOND: '1000',
    ...more,
  });
  return async (url = testRedis().url, log = recordingLog()): Promise<RedisPushBudget> => {
    const redis: Redis = connectRedis(url, silentLog);
    closing.push(() => redis.disconnect());
    await redis.connect().catch(() => {});
    return new RedisPushBudget(redis, log, settings);
  };
}

async function proxiedRedis(): Promise<{ proxy: TcpProxy; url: string }> {
  const url = new URL(testRedis().url);
  const proxy = new TcpProxy(Number(url.port));
  closing.push(() => proxy.close());
  url.port = String(await proxy.listen());
  return { proxy, url: url.href };
}

/** Several times what lies between two grants at these rates; half of what can be saved up. */
const HELD_UP_MS = 100;

async function takeAll(budget: RedisPushBudget, wanted: number, by = first): Promise<number> {
  const startedAt = performance.now();
  for (let left = wanted; left > 0;) left -= await budget.take(left, by);
  return performance.now() - startedAt;
}

interface Taken {
  readonly taken: number;
  /** How long it asked, in milliseconds. While a busy machine holds it up what comes in is lost, or anybody's. */
  readonly awakeMs: number;
  readonly heldUpMs: number;
}

/** How many it gets within this time. */
async function takeFor(budget: RedisPushBudget, ms: number, by = first): Promise<Taken> {
  const startedAt = performance.now();
  const untilMs = startedAt + ms;
  let [taken, heldUpMs, at] = [0, 0, startedAt];
  while (at < untilMs) {
    taken += await budget.take(1000, { ...by, untilMs });
    const now = performance.now();
    if (now - at > HELD_UP_MS) heldUpMs += now - at;
    at = now;
  }
  return { taken, awakeMs: Math.max(0, at - startedAt - heldUpMs), heldUpMs };
}

describe('the push budget', () => {
  it('is one for all processes: 2 × 600 pushes at 1,000/s take a second, less what was saved up', async () => {
    const join = installation();
    const processes = await Promise.all([join(), join()]);
    const ms = Math.max(...(await Promise.all(processes.map((budget) => takeAll(budget, 600)))));
    expect(ms).toBeGreaterThan(900);
  });

  it('gives nothing more when the time is up', async () => {
    const budget = await installation({ LAMP_PUSHES_PER_SECOND: '1' })();
    expect(await budget.take(5, first)).toBe(1);
    expect(await budget.take(5, { ...first, untilMs: performance.now() + 200 })).toBe(0);
  });

  it('keeps a topic to its own rate, and leaves the rest to others', async () => {
    const join = installation({ LAMP_TOPIC_PUSHES_PER_SECOND: '200' });
    const [one, two] = await Promise.all([join(), join()]);
    const [loud, other] = await Promise.all([
      takeFor(one!, 1500),
      takeFor(two!, 1500, { ...first, tenant: 'other', topic: 'com.apple.mgmt.other' }),
    ]);
    for (const { taken, awakeMs } of [loud, other]) {
      expect(taken).toBeLessThanOrEqual(1.5 * 200 + 40 + 20);
      expect(taken).toBeGreaterThan(0.13 * awakeMs);
    }
  });
});

describe('devices that do not come', () => {
  it('take nothing that first pushes can use, in whichever process these are', async () => {
    const join = installation();
    const [online, offline] = await Promise.all([join(), join()]);
    await takeAll(offline!, 100, repeat);
    const [firsts, repeats] = await Promise.all([takeFor(online!, 2000), takeFor(offline!, 2000, repeat)]);
    expect(firsts.taken).toBeGreaterThan(0.8 * firsts.awakeMs);
    // What was there before the first pushes came.
    expect(repeats.taken).toBeLessThan(150 + firsts.heldUpMs);
  });

  it('get what first pushes leave', async () => {
    const join = installation();
    const [online, offline] = await Promise.all([join(), join()]);
    let left = 600;
    const slowly = (async () => {
      // 300 a second.
      for (; left > 0; left -= 30) {
        await online!.take(30, first);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();
    const repeats = await takeFor(offline!, 2000, repeat);
    await slowly;
    expect(repeats.taken).toBeGreaterThan(0.45 * repeats.awakeMs);
    expect(repeats.taken).toBeLessThan(1700 + 0.3 * repeats.heldUpMs);
  });

  it('also wait where Redis is away', async () => {
    const budget = await installation()('redis://127.0.0.1:1');
    const [firsts, repeats] = await Promise.all([takeFor(budget, 1500), takeFor(budget, 1500, repeat)]);
    expect(firsts.taken).toBeGreaterThan(0.8 * firsts.awakeMs);
    expect(repeats.taken).toBeLessThan(150 + firsts.heldUpMs);
  });
});

describe('without Redis', () => {
  it('a process goes on at its own pace, and says so once', async () => {
    const log = recordingLog();
    const budget = await installation()('redis://127.0.0.1:1', log);
    expect(await takeAll(budget, 500)).toBeGreaterThan(250);
    expect(log.lines.map((line) => line.level)).toEqual(['warn']);
  });

  it('each of two processes goes on with half, and both share again when it is back', async () => {
    const { proxy, url } = await proxiedRedis();
    const log = recordingLog();
    const join = installation();
    const processes = await Promise.all([join(url, log), join(url, log)]);
    await Promise.all(processes.map((budget) => takeAll(budget, 100)));
    await Promise.all(processes.map((budget) => takeAll(budget, 10)));
    proxy.cut();
    const [one, two] = await Promise.all(processes.map((budget) => takeFor(budget, 2000)));
    for (const { taken, awakeMs } of [one!, two!]) {
      expect(taken).toBeGreaterThan(0.35 * awakeMs);
      expect(taken).toBeLessThan(1300);
    }
    proxy.mend();
    await waitFor('both to share again', async () => {
      await Promise.all(processes.map((budget) => budget.take(1, first)));
      return log.lines.filter((line) => line.level === 'info').length === 2;
    });
  });

  it('that is there but silent stops nobody either', async () => {
    const { proxy, url } = await proxiedRedis();
    const budget = await installation()(url);
    await takeAll(budget, 10);
    proxy.silence();
    const { taken, awakeMs } = await takeFor(budget, 2000);
    expect(awakeMs).toBeGreaterThan(0);
    expect(taken).toBeGreaterThan(0.66 * awakeMs);
  });
});
