import { CONFIG, Log } from '@lamplighter/runtime';
import { Redis } from '@lamplighter/storage';
import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { burstOf, chunkOf, TokenBucket } from '../domain/token-bucket.ts';
import type { Grant } from '../domain/token-bucket.ts';
import { PushBudget } from '../ports.ts';

/** KEYS[1] the bucket; ARGV rate a second, burst, wanted. Returns granted, and ms to wait where that is 0. Redis' own time, so that all agree. */
const TAKE = `
local rate, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(held[1]) or burst, tonumber(held[2]) or now
tokens = math.min(burst, tokens + math.max(0, now - at) * rate / 1000)
local granted = math.min(wanted, math.floor(tokens))
tokens = tokens - granted
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.3f', now))
redis.call('PEXPIRE', KEYS[1], 60000)
if granted > 0 then return {granted, 0} end
return {0, math.ceil((1 - tokens) * 1000 / rate)}`;

const REDIS_MS = 500;
const LEAST_WAIT_MS = 5;

/** One bucket for the installation; while Redis is away, one of the same size for this process. */
@Injectable()
export class RedisPushBudget extends PushBudget {
  private readonly rate: number;
  private readonly key: string;
  private local: TokenBucket | undefined;

  constructor(
    private readonly redis: Redis,
    private readonly log: Log,
    @Inject(CONFIG) config: Config,
  ) {
    super();
    this.rate = config.LAMP_PUSHES_PER_SECOND;
    this.key = `${config.LAMP_NATS_PREFIX}:push-budget`;
  }

  override async take(wanted: number): Promise<number> {
    for (;;) {
      const { granted, waitMs } = await this.ask(Math.min(wanted, chunkOf(this.rate)));
      if (granted > 0) return granted;
      await pause(Math.max(waitMs, LEAST_WAIT_MS));
    }
  }

  private async ask(wanted: number): Promise<Grant> {
    try {
      const grant = await this.askShared(wanted);
      if (this.local) this.log.info({}, 'the shared push budget is back');
      this.local = undefined;
      return grant;
    } catch (error) {
      if (!this.local) {
        this.log.warn({ err: error }, 'the shared push budget cannot be reached; each process paces itself');
        this.local = new TokenBucket(this.rate, performance.now());
      }
      return this.local.take(wanted, performance.now());
    }
  }

  private async askShared(wanted: number): Promise<Grant> {
    const late = new AbortController();
    const asked = this.redis.eval(TAKE, 1, this.key, this.rate, burstOf(this.rate), wanted);
    try {
      const [granted, waitMs] = (await Promise.race([
        asked,
        pause(REDIS_MS, undefined, { signal: late.signal }).then(() => {
          throw new Error(`Redis did not answer within ${REDIS_MS} ms`);
        }),
      ])) as [number, number];
      return { granted, waitMs };
    } finally {
      late.abort();
      asked.catch(() => {});
    }
  }
}
