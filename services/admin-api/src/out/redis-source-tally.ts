import type { Source } from '@lamplighter/contracts';
import { CONFIG } from '@lamplighter/runtime';
import { Redis } from '@lamplighter/storage';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { SourceTally } from '../ports/sources.ts';
import type { WebhookKey } from '../ports/webhooks.ts';

/** One hash for each source. What Redis loses begins at 0 again. */
@Injectable()
export class RedisSourceTally extends SourceTally {
  constructor(
    private readonly redis: Redis,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super();
  }

  override note(key: WebhookKey, what: 'taken' | 'foreign' | 'refused', at: Date): void {
    const hash = this.hashOf(key);
    // Nobody waits for a counter.
    this.redis
      .multi()
      .hincrby(hash, what, 1)
      .hset(hash, 'lastAt', at.toISOString())
      .exec()
      .catch(() => {});
  }

  override async read(key: WebhookKey): Promise<Source['events']> {
    const counts = await this.redis.hgetall(this.hashOf(key)).catch(() => ({}) as Record<string, string>);
    const of = (name: string) => Number(counts[name] ?? 0);
    return { taken: of('taken'), foreign: of('foreign'), refused: of('refused'), lastAt: counts['lastAt'] ?? null };
  }

  override async forget(key: WebhookKey): Promise<void> {
    await this.redis.del(this.hashOf(key)).catch(() => {});
  }

  private hashOf({ tenant, name }: WebhookKey): string {
    return `${this.config.LAMP_NATS_PREFIX}:source:${tenant}:${name}`;
  }
}
