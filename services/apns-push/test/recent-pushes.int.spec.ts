import { silentLog, testNats, testRedis } from '@lamplighter/testing';
import { clockOf } from '@lamplighter/runtime';
import { connectRedis } from '@lamplighter/storage';
import type { Redis } from '@lamplighter/storage';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { config } from '../src/config.ts';
import { RedisRecentPushes } from '../src/out/redis-recent-pushes.ts';
import type { Leave, Push } from '../src/ports.ts';

const clients: Redis[] = [];
let prefix: string;
let one: RedisRecentPushes;
let two: RedisRecentPushes;

async function newProcess(spacing: string): Promise<RedisRecentPushes> {
  const redis = connectRedis(testRedis().url, silentLog);
  clients.push(redis);
  await redis.connect();
  const key = Buffer.alloc(32).toString('base64');
  const env = { LAMP_SECRET_KEY: key, LAMP_NATS_PREFIX: prefix, LAMP_PUSH_SPACING_SECONDS: spacing };
  return new RedisRecentPushes(redis, clockOf('real'), config.parse(env));
}

beforeEach(async () => {
  ({ prefix } = testNats());
  [one, two] = await Promise.all([newProcess('30'), newProcess('30')]);
});
afterAll(() => Promise.all(clients.map((redis) => redis.quit().catch(() => {}))));

const HOUR_MS = 3_600_000;
let counter = 0;

function push(change: Partial<Push> = {}): Push {
  const address = { tenant: 'default', topic: 'com.apple.mgmt.test', token: 'aa', pushMagic: 'm' };
  return { ...address, apnsId: `id-${(counter += 1)}`, expiresAt: new Date(Date.now() + HOUR_MS), ...change };
}

async function ask(of: RedisRecentPushes, a: Push, received: number | undefined): Promise<Leave> {
  return (await of.ask([a], received))[0]!;
}

describe('a request', () => {
  it('is covered by a push that left after it was received, from whichever process', async () => {
    const received = await two.mark();
    expect(await ask(one, push(), await one.mark())).toBe('go');
    expect(await ask(two, push(), received)).toBe('covered');
  });

  it('that came after a push left is not covered by it: its device may have come and gone. It goes a little later', async () => {
    expect(await ask(one, push(), await one.mark())).toBe('go');
    const received = await two.mark();
    expect(await ask(two, push(), received)).toEqual({ waitMs: expect.any(Number) });
  });

  it('and others that came meanwhile become one push when the time between two is over', async () => {
    const [quick, other] = await Promise.all([newProcess('2'), newProcess('2')]);
    expect(await ask(quick, push(), await quick.mark())).toBe('go');
    const received = await Promise.all([quick.mark(), other.mark(), quick.mark()]);
    const { waitMs } = (await ask(quick, push(), received[0])) as { waitMs: number };
    await new Promise((resolve) => setTimeout(resolve, waitMs + 5));
    const says = [
      await ask(quick, push(), received[0]),
      await ask(other, push(), received[1]),
      await ask(quick, push(), received[2]),
    ];
    expect(says).toEqual(['go', 'covered', 'covered']);
  });

  it('of use for longer than the push is not covered: what APNs keeps for a device that is away would end too early', async () => {
    const received = await two.mark();
    await ask(one, push(), await one.mark());
    const longer = push({ expiresAt: new Date(Date.now() + 2 * HOUR_MS) });
    expect(await ask(two, longer, received)).not.toBe('covered');
  });

  it('is not covered by a push to an older token or magic, another topic or another tenant', async () => {
    const received = await two.mark();
    await ask(one, push(), await one.mark());
    for (const change of [{ token: 'bb' }, { pushMagic: 'n' }, { topic: 'com.apple.mgmt.b' }, { tenant: 'other' }]) {
      expect(await ask(two, push(change), received)).toBe('go');
    }
  });

  it('is not covered by a push that was not accepted', async () => {
    const received = await two.mark();
    const failed = push();
    await ask(one, failed, await one.mark());
    await one.forget(failed);
    expect(await ask(two, push(), received)).toBe('go');
  });

  it('is covered although an earlier push failed, where another has left since', async () => {
    const received = await two.mark();
    const quick = await newProcess('0');
    const failed = push();
    await ask(quick, failed, await quick.mark());
    await ask(quick, push(), await quick.mark());
    await quick.forget(failed);
    expect(await ask(two, push(), received)).toBe('covered');
  });

  it('waits where APNs wants the token left alone', async () => {
    await one.hold(push(), 60_000);
    const { waitMs } = (await ask(two, push(), await two.mark())) as { waitMs: number };
    expect(waitMs).toBeGreaterThan(50_000);
  });

  it('is pushed where the shared memory is away, or has lost what it knew', async () => {
    const alone = await newProcess('1');
    clients.at(-1)!.disconnect();
    expect(await alone.mark()).toBeUndefined();
    expect(await ask(alone, push(), undefined)).toBe('go');
    expect(await ask(alone, push(), 1)).toBe('go');
    await alone.forget(push());
    await alone.hold(push(), 10);
  });
});

it('neither tokens nor magics are in Redis', async () => {
  await ask(one, push({ token: 'cafecafe', pushMagic: 'abracadabra' }), await one.mark());
  const [redis] = clients.slice(-2);
  const keys = await redis!.keys(`${prefix}*`);
  const values = await Promise.all(keys.map((key) => redis!.get(key)));
  expect(keys).toHaveLength(1);
  expect([...keys, ...values].join(' ')).not.toMatch(/cafecafe|abracadabra/);
});
