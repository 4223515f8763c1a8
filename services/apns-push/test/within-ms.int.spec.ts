import { connectRedis } from '@lamplighter/storage';
import { silentLog, testRedis } from '@lamplighter/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setImmediate as nextLook } from 'node:timers/promises';
import { withinMs } from '../src/out/within-ms.ts';

const redis = connectRedis(testRedis().url, silentLog);
beforeAll(() => redis.connect());
afterAll(() => redis.disconnect());

describe('an answer of Redis', () => {
  it('counts as in time where this process was busy when it came', async () => {
    const answer = withinMs(50, redis.ping());
    await nextLook();
    // Nothing runs here for longer than it may take.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    expect(await answer).toBe('PONG');
  });

  it('that does not come is given up', async () => {
    await expect(withinMs(50, new Promise(() => undefined))).rejects.toThrow('did not answer within 50 ms');
  });
});
