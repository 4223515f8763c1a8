import { Clock, CONFIG } from '@lamplighter/runtime';
import { Redis } from '@lamplighter/storage';
import { Inject, Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import type { Config } from '../config.ts';
import { RecentPushes } from '../ports.ts';
import type { Leave, Push } from '../ports.ts';
import { withinMs } from './within-ms.ts';

/**
 * A key for each address that was pushed to: `<left at> <of use until> <apns id>`, or `held <until>`. Times are Redis' own, in
 * microseconds. KEYS: the addresses. ARGV: when the requests were received, least time between two pushes, how long to
 * remember (ms), then of each push how long it is of use (epoch ms) and its apns id.
 * Returns for each: -1 go, 0 covered, else ms to wait. A push that is of use for a minute less still does: times of expiry
 * that are counted from now differ with each request, and the command queue asks again anyway.
 */
const ASK = `
local received, spacing, ttl = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local says = {}
for i = 1, #KEYS do
  local till, id = tonumber(ARGV[2 + 2 * i]), ARGV[3 + 2 * i]
  local was = redis.call('GET', KEYS[i])
  local left, useful = string.match(was or '', '^(%d+) (%d+) ')
  local held = string.match(was or '', '^held (%d+)$')
  left, useful, held = tonumber(left), tonumber(useful), tonumber(held)
  if held and held > now then
    says[i] = math.ceil((held - now) / 1000)
  elseif left and left > received and useful + 60000 >= till then
    says[i] = 0
  elseif left and now - left < spacing then
    says[i] = math.ceil((spacing - (now - left)) / 1000)
  else
    redis.call('SET', KEYS[i], string.format('%.0f %.0f %s', now, till, id), 'PX', ttl)
    says[i] = -1
  end
end
return says`;

/** KEYS[1] the address, ARGV[1] the apns id. A push that another process sent since stays. */
const FORGET = `
local was = redis.call('GET', KEYS[1])
if was and string.sub(was, -#ARGV[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

const HOLD = `
local time = redis.call('TIME')
local till = time[1] * 1000000 + time[2] + ARGV[1] * 1000
redis.call('SET', KEYS[1], string.format('held %.0f', till), 'PX', ARGV[1])`;

const REDIS_MS = 300;
/** How long Redis is left alone after it failed: pushes do not wait for it. */
const AWAY_MS = 2000;
/** A request rarely waits longer for its turn; one that does is pushed for again. */
const REMEMBER_MS = 30_000;
const GO: Leave = 'go';

@Injectable()
export class RedisRecentPushes extends RecentPushes {
  private readonly prefix: string;
  private readonly spacingMs: number;
  private awayUntil = 0;

  constructor(
    private readonly redis: Redis,
    clock: Clock,
    @Inject(CONFIG) config: Config,
  ) {
    super();
    this.prefix = `${config.LAMP_NATS_PREFIX}:pushed`;
    this.spacingMs = clock.realDelay(config.LAMP_PUSH_SPACING_SECONDS * 1000);
  }

  override async mark(): Promise<number | undefined> {
    try {
      const [seconds, micros] = await this.within(() => this.redis.time());
      return Number(seconds) * 1_000_000 + Number(micros);
    } catch {
      return undefined;
    }
  }

  override async ask(pushes: readonly Push[], received: number | undefined): Promise<Leave[]> {
    if (received === undefined) return pushes.map(() => GO);
    const spacing = Math.round(this.spacingMs * 1000);
    const ttl = Math.ceil(REMEMBER_MS + this.spacingMs);
    const terms = pushes.flatMap((push) => [push.expiresAt.getTime(), push.apnsId]);
    try {
      const keys = pushes.map((push) => this.keyOf(push));
      const asked = () => this.redis.eval(ASK, keys.length, ...keys, received, spacing, ttl, ...terms);
      return ((await this.within(asked)) as number[]).map((said) =>
        said < 0 ? GO : said === 0 ? 'covered' : { waitMs: said },
      );
    } catch {
      return pushes.map(() => GO);
    }
  }

  override async forget(push: Push): Promise<void> {
    await this.within(() => this.redis.eval(FORGET, 1, this.keyOf(push), push.apnsId)).catch(() => {});
  }

  override async hold(push: Push, ms: number): Promise<void> {
    await this.within(() => this.redis.eval(HOLD, 1, this.keyOf(push), Math.ceil(ms))).catch(() => {});
  }

  private async within<T>(ask: () => Promise<T>): Promise<T> {
    if (performance.now() < this.awayUntil) throw new Error('Redis is away');
    try {
      return await withinMs(REDIS_MS, ask());
    } catch (error) {
      this.awayUntil = performance.now() + AWAY_MS;
      throw error;
    }
  }

  /** Of the address, not of the device: after a TokenUpdate nothing has been pushed yet. Neither token nor magic shows. */
  private keyOf({ tenant, topic, token, pushMagic }: Push): string {
    const digest = hash('sha256', JSON.stringify([tenant, topic, token, pushMagic]), 'base64url');
    return `${this.prefix}:${digest.slice(0, 22)}`;
  }
}
