import type { CheckedCertificate, TrustAnchors } from './checked-certificate.ts';

const CAPACITY = 10_000;

/**
 * Remembers certificates that passed, so that a device's later messages cost one signature check instead of a chain.
 * Bounded: the longest unused one is forgotten. What was checked against other anchors does not count.
 */
export class ChainCache {
  private readonly entries = new Map<string, { anchors: TrustAnchors; checked: CheckedCertificate }>();
  private readonly capacity: number;

  constructor(capacity: number = CAPACITY) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.entries.size;
  }

  get(hash: string, anchors: TrustAnchors): CheckedCertificate | undefined {
    const entry = this.entries.get(hash);
    if (!entry || entry.anchors !== anchors) return undefined;
    this.entries.delete(hash);
    this.entries.set(hash, entry);
    return entry.checked;
  }

  set(hash: string, anchors: TrustAnchors, checked: CheckedCertificate): void {
    this.entries.delete(hash);
    if (this.entries.size >= this.capacity) {
      const oldest = this.entries.keys().next();
      if (!oldest.done) this.entries.delete(oldest.value);
    }
    this.entries.set(hash, { anchors, checked });
  }
}
