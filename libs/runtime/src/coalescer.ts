export interface CoalescerOptions<I, O> {
  /** Most items of one run. */
  maxBatch: number;
  /** Runs in flight at once; items that come meanwhile wait and fill the next batch. */
  maxInFlight: number;
  /**
   * Real milliseconds between the starts of two runs. What comes after a lull waits for the end of its event-loop turn only;
   * a steady trickle is gathered.
   */
  waitMs: number;
  /** So many waiting items do not wait for more; by default `maxBatch`. */
  enough?: number;
  /** Answers in the order of the items. A throw fails every item of the batch. */
  run: (items: I[]) => Promise<O[]>;
  /** Items with the same key never share a batch: the later one waits for the next. */
  keyOf?: (item: I) => string;
}

interface Waiting<I, O> {
  item: I;
  resolve: (output: O) => void;
  reject: (error: unknown) => void;
}

/** Gathers calls that arrive close together into one run: one message or one SQL statement for many devices. */
export class Coalescer<I, O> {
  private readonly options: CoalescerOptions<I, O>;
  private waiting: Waiting<I, O>[] = [];
  private inFlight = 0;
  private timer: NodeJS.Timeout | undefined;
  private isDue = false;
  private startedAt = -Infinity;

  constructor(options: CoalescerOptions<I, O>) {
    this.options = options;
  }

  add(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.waiting.length >= this.options.maxBatch) this.start();
      else this.schedule();
    });
  }

  private schedule(): void {
    const { waitMs, maxInFlight, maxBatch, enough = maxBatch } = this.options;
    if (this.isDue || this.waiting.length === 0 || this.inFlight >= maxInFlight) return;
    const restMs = this.waiting.length >= enough ? 0 : this.startedAt + waitMs - performance.now();
    if (restMs <= 0) this.startSoon();
    else this.timer ??= setTimeout(() => this.startSoon(), restMs);
  }

  /** Together with all that comes in this turn. */
  private startSoon(): void {
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      this.start();
    });
  }

  private start(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.inFlight < this.options.maxInFlight && this.waiting.length > 0) {
      this.startedAt = performance.now();
      void this.runOne(this.take());
    }
  }

  private take(): Waiting<I, O>[] {
    const { maxBatch, keyOf } = this.options;
    if (!keyOf) return this.waiting.splice(0, maxBatch);
    const keys = new Set<string>();
    const batch: Waiting<I, O>[] = [];
    const rest: Waiting<I, O>[] = [];
    for (const entry of this.waiting) {
      const key = keyOf(entry.item);
      if (batch.length < maxBatch && !keys.has(key)) batch.push(entry);
      else rest.push(entry);
      keys.add(key);
    }
    this.waiting = rest;
    return batch;
  }

  private async runOne(batch: Waiting<I, O>[]): Promise<void> {
    this.inFlight += 1;
    try {
      const outputs = await this.options.run(batch.map((entry) => entry.item));
      if (outputs.length !== batch.length) {
        throw new Error(`a coalesced run answered ${outputs.length} of ${batch.length} items`);
      }
      batch.forEach((entry, index) => entry.resolve(outputs[index]!));
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    } finally {
      this.inFlight -= 1;
      this.schedule();
    }
  }
}
