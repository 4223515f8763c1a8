import { reserveOf, TokenBucket } from '../domain/token-bucket.ts';
import type { Grant } from '../domain/token-bucket.ts';
import type { Claimant } from '../ports.ts';

/** The buckets of one process, while nothing is shared. */
export class LocalBudget {
  private readonly rates: { all: number; topic: number };
  private readonly all: TokenBucket;
  private readonly topics = new Map<string, TokenBucket>();

  /** @param rates pushes a second, in all and of one topic */
  constructor(rates: { all: number; topic: number }) {
    this.rates = rates;
    this.all = new TokenBucket(rates.all, performance.now());
  }

  take(wanted: number, { lane, tenant, topic }: Claimant): Grant {
    const now = performance.now();
    const reserve = (rate: number) => (lane === 'first' ? 0 : reserveOf(rate));
    const grant = this.all.take(wanted, now, reserve(this.rates.all));
    if (grant.granted === 0 || this.rates.topic >= this.rates.all) return grant;
    const ofTopic = this.bucketOf(`${tenant}\0${topic}`, now).take(grant.granted, now, reserve(this.rates.topic));
    this.all.put(grant.granted - ofTopic.granted);
    return ofTopic;
  }

  private bucketOf(key: string, now: number): TokenBucket {
    const held = this.topics.get(key) ?? new TokenBucket(this.rates.topic, now);
    this.topics.set(key, held);
    return held;
  }
}
