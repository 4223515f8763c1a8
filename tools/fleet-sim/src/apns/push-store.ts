/** What the push service knows of one token. */
export type TokenState = 'unknown' | PushTarget | { readonly unregisteredAt: number };

/** One device as the push service sees it. */
export interface PushTarget {
  online(): boolean;
  /** Hands a push over; called only while online. */
  receive(magic: string): void;
}

export interface PushDevices {
  /** `token` in lower-case hex. `unregisteredAt` in epoch milliseconds. */
  find(token: string): TokenState;
}

interface StoredPush {
  readonly magic: string;
  readonly until: number;
}

/**
 * APNs keeps the latest push of a device that is away until it expires (`apns-expiration`); with expiration 0 there is
 * one attempt and nothing is kept.
 */
export class PushStore {
  private readonly stored = new Map<string, StoredPush>();
  readonly counts = { delivered: 0, stored: 0, replaced: 0, dropped: 0, expired: 0 };

  /** `until`: epoch milliseconds, 0 for one attempt. */
  push(token: string, target: PushTarget, magic: string, until: number): void {
    if (target.online()) {
      this.counts.delivered += 1;
      target.receive(magic);
    } else if (until === 0) {
      this.counts.dropped += 1;
    } else {
      if (this.stored.has(token)) this.counts.replaced += 1;
      this.counts.stored += 1;
      this.stored.set(token, { magic, until });
    }
  }

  /** The device is back: what was kept for it goes out, unless it expired. */
  cameOnline(token: string, target: PushTarget, now: number): void {
    const push = this.stored.get(token);
    if (!push) return;
    this.stored.delete(token);
    if (push.until <= now) {
      this.counts.expired += 1;
      return;
    }
    this.counts.delivered += 1;
    target.receive(push.magic);
  }

  forget(token: string): void {
    this.stored.delete(token);
  }

  get waiting(): number {
    return this.stored.size;
  }
}
