import { randomBytes } from 'node:crypto';

interface Ids {
  traceId: string;
  spanId: string;
}

/**
 * Random ids, but for a span whose ids are given: the root of a device-update's trace has ids derived from its cause.
 * Held on globalThis since the preload and the service are separate bundles of one process.
 */
export class ChosenIds {
  private chosen: Ids | undefined;

  static get shared(): ChosenIds {
    const holder = globalThis as { lampSpanIds?: ChosenIds };
    holder.lampSpanIds ??= new ChosenIds();
    return holder.lampSpanIds;
  }

  /** Runs `start`, which starts exactly one span, with these ids. Synchronous, so that no other span can take them. */
  use<T>(ids: Ids, start: () => T): T {
    this.chosen = ids;
    try {
      return start();
    } finally {
      this.chosen = undefined;
    }
  }

  generateTraceId(): string {
    return this.chosen?.traceId ?? randomBytes(16).toString('hex');
  }

  generateSpanId(): string {
    return this.chosen?.spanId ?? randomBytes(8).toString('hex');
  }
}
