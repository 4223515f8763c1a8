import type { Log } from './log.ts';

/** Keeps rounds of work going for each of many targets: a slow one holds up its own alone. */
export class Rounds {
  private readonly log: Log;
  private readonly failure: string;
  private readonly going = new Map<string, Promise<void>>();
  private isEnding = false;

  /** @param failure what the log says when a round throws */
  constructor(log: Log, failure: string) {
    this.log = log;
    this.failure = failure;
  }

  /**
   * Goes through rounds for a target one after the other, for as long as they return true; nothing where they are going already. One that
   * throws is the last: an error in the log.
   *
   * @param keys what tells the target from all others, and the log of it
   */
  begin(keys: object, round: () => Promise<boolean>): void {
    const name = JSON.stringify(keys);
    if (this.isEnding || this.going.has(name)) return;
    this.going.set(
      name,
      this.go(keys, round).finally(() => this.going.delete(name)),
    );
  }

  /** None begins any more; returns once those that are under way are through. */
  async end(): Promise<void> {
    this.isEnding = true;
    await Promise.all(this.going.values());
  }

  private async go(keys: object, round: () => Promise<boolean>): Promise<void> {
    try {
      while (!this.isEnding && (await round()));
    } catch (err) {
      this.log.error({ ...keys, err }, this.failure);
    }
  }
}
