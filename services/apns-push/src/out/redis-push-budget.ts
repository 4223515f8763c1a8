import { CONFIG, Log } from '@lamplighter/runtime';
import { Redis } from '@lamplighter/storage';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { burstOf, chunkOf, reserveOf } from '../domain/token-bucket.ts';
import type { Grant } from '../domain/token-bucket.ts';
import { PushBudget } from '../ports.ts';
import type { Claimant } from '../ports.ts';
import { LocalBudget } from './local-budget.ts';
import { withinMs } from './within-ms.ts';

/**
 * KEYS: the processes that push, then each bucket. ARGV: who asks, wanted, then rate, burst and reserve of each bucket.
 * Returns granted, ms to wait where that is 0, and how many processes have asked of late. Redis' own time, so that all agree.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 30000)
local granted, wait, held = tonumber(ARGV[2]), 0, {}
for i = 2, #KEYS do
  local rate, burst, reserve = tonumber(ARGV[3 * i - 3]), tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
  local was = redis.call('HMGET', KEYS[i], 'tokens', 'at')
  local tokens, at = tonumber(was[1]) or burst, tonumber(was[2]) or now
  tokens = math.min(burst, tokens + math.max(0, now - at) * rate / 1000)
  held[i] = tokens
  granted = math.max(0, math.min(granted, math.floor(tokens - reserve)))
  wait = math.max(wait, math.ceil((reserve + 1 - tokens) * 1000 / rate))
end
for i = 2, #KEYS do
  redis.call('HSET', KEYS[i], 'tokens', string.format('%.6f', held[i] - granted), 'at', string.format('%.3f', now))
  redis.call('PEXPIRE', KEYS[i], 60000)
end
redis.call('PEXPIRE', KEYS[1], 60000)
return {granted, granted > 0 and 0 or wait, redis.call('ZCARD', KEYS[1])}`;

const REDIS_MS = 500;
/** How long Redis is left alone after it failed. */
const AWAY_MS = 2000;
const LEAST_WAIT_MS = 5;
const MOST_WAIT_MS = 250;

/** One bucket for the installation and one for each topic. While Redis is away each process goes on with its share of them. */
@Injectable()
export class RedisPushBudget extends PushBudget implements OnModuleDestroy {
  private readonly rates: { all: number; topic: number };
  private readonly prefix: string;
  private readonly self = randomUUID();
  private processes = 1;
  private local: LocalBudget | undefined;
  private askAgainAt = 0;
  private isClosed = false;

  constructor(
    private readonly redis: Redis,
    private readonly log: Log,
    @Inject(CONFIG) config: Config,
  ) {
    super();
    const all = config.LAMP_PUSHES_PER_SECOND;
    this.rates = { all, topic: Math.min(all, config.LAMP_TOPIC_PUSHES_PER_SECOND ?? all) };
    this.prefix = `${config.LAMP_NATS_PREFIX}:push-budget`;
  }

  override async take(wanted: number, claimant: Claimant): Promise<number> {
    while (!this.isClosed) {
      const { granted, waitMs } = await this.ask(Math.min(wanted, chunkOf(this.rates.topic)), claimant);
      if (granted > 0) return granted;
      const left = claimant.untilMs - performance.now();
      if (left <= 0) return 0;
      await pause(Math.min(Math.max(waitMs, LEAST_WAIT_MS), MOST_WAIT_MS, left));
    }
    return 0;
  }

  /** The process ends: nobody waits here any more. */
  onModuleDestroy(): void {
    this.isClosed = true;
  }

  private async ask(wanted: number, claimant: Claimant): Promise<Grant> {
    if (this.local === undefined || performance.now() >= this.askAgainAt) {
      try {
        const grant = await this.askShared(wanted, claimant);
        if (this.local) this.log.info({}, 'the shared push budget is back');
        this.local = undefined;
        return grant;
      } catch (error) {
        this.onAway(error);
      }
    }
    return this.local!.take(wanted, claimant);
  }

  private onAway(error: unknown): void {
    this.askAgainAt = performance.now() + AWAY_MS;
    if (this.local) return;
    const { all, topic } = this.rates;
    this.local = new LocalBudget({ all: all / this.processes, topic: topic / this.processes });
    const text = 'the shared push budget cannot be reached; each process goes on with its share';
    this.log.warn({ err: error, count: this.processes }, text);
  }

  private async askShared(wanted: number, { lane, tenant, topic }: Claimant): Promise<Grant> {
    const { all, topic: ofTopic } = this.rates;
    const buckets = [{ key: 'all', rate: all }];
    if (ofTopic < all) buckets.push({ key: `${tenant}:${topic}`, rate: ofTopic });
    const keys = [`${this.prefix}:processes`, ...buckets.map(({ key }) => `${this.prefix}:${key}`)];
    const sums = buckets.flatMap(({ rate }) => [rate, burstOf(rate), lane === 'first' ? 0 : reserveOf(rate)]);
    const asked = this.redis.eval(TAKE, keys.length, ...keys, this.self, wanted, ...sums);
    const [granted, waitMs, processes] = (await withinMs(REDIS_MS, asked)) as [number, number, number];
    this.processes = Math.max(1, processes);
    return { granted, waitMs };
  }
}
