/** Runs at most `limit` jobs at once; the others wait in the order of their arrival. */
export class Slots {
  private readonly limit: number;
  private waiting: (() => Promise<void>)[] = [];
  private head = 0;
  private running = 0;
  private idle: (() => void)[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  /** `job` must not reject. */
  run(job: () => Promise<void>): void {
    this.waiting.push(job);
    this.next();
  }

  /** Drops what waits, and resolves when nothing runs. */
  drain(): Promise<void> {
    this.waiting = [];
    this.head = 0;
    return this.running === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.push(resolve));
  }

  private next(): void {
    while (this.running < this.limit && this.head < this.waiting.length) {
      const job = this.waiting[this.head]!;
      this.head += 1;
      this.running += 1;
      void job().finally(() => this.done());
    }
    if (this.head > 10_000) {
      this.waiting = this.waiting.slice(this.head);
      this.head = 0;
    }
  }

  private done(): void {
    this.running -= 1;
    this.next();
    if (this.running > 0) return;
    for (const resolve of this.idle.splice(0)) resolve();
  }
}
