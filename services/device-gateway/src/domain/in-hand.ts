/** How many requests of each identity are being served now. */
export class InHand {
  private readonly counts = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** False where it has as many as it may; nothing is counted then. */
  enter(key: string): boolean {
    const count = this.counts.get(key) ?? 0;
    if (count >= this.most) return false;
    this.counts.set(key, count + 1);
    return true;
  }

  leave(key: string): void {
    const count = this.counts.get(key) ?? 0;
    if (count > 1) this.counts.set(key, count - 1);
    else this.counts.delete(key);
  }
}
