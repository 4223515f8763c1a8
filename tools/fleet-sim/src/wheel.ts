const SLOTS = 4096;

/**
 * One timer wheel for the whole fleet: `schedule` is O(1), nothing is ever cancelled. A device that is looked at
 * although nothing is due loses a function call, so every entry only means "look at this device then".
 */
export class Wheel {
  private readonly slots: { at: number; item: number }[][] = Array.from({ length: SLOTS }, () => []);
  private readonly grainMs: number;
  private turned: number;

  /** `grainMs`: fleet time per slot. */
  constructor(startMs: number, grainMs: number) {
    this.grainMs = grainMs;
    this.turned = Math.floor(startMs / grainMs);
  }

  /** Times in the past are due with the next `turn`. Infinity is never. */
  schedule(item: number, at: number): void {
    if (!Number.isFinite(at)) return;
    const slot = Math.max(Math.ceil(at / this.grainMs), this.turned + 1);
    this.slots[slot % SLOTS]!.push({ at: slot * this.grainMs, item });
  }

  /** Calls `due` for every entry up to `now`; entries that `due` adds wait for the next turn. */
  turn(now: number, due: (item: number) => void): void {
    const target = Math.floor(now / this.grainMs);
    const rounds = Math.min(target - this.turned, SLOTS);
    const ready: number[] = [];
    for (let step = 1; step <= rounds; step += 1) this.take((this.turned + step) % SLOTS, now, ready);
    this.turned = Math.max(target, this.turned);
    for (const item of ready) due(item);
  }

  private take(index: number, now: number, ready: number[]): void {
    const slot = this.slots[index]!;
    if (slot.length === 0) return;
    const later = slot.filter((entry) => entry.at > now);
    for (const entry of slot) if (entry.at <= now) ready.push(entry.item);
    this.slots[index] = later;
  }
}
