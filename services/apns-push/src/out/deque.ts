/** A queue that is fast at both ends: an array's own shift moves every entry. */
export class Deque<T> {
  private items: T[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  push(item: T): void {
    this.items.push(item);
  }

  unshift(item: T): void {
    if (this.head === 0) this.items.unshift(item);
    else this.items[--this.head] = item;
  }

  shift(): T | undefined {
    if (this.head === this.items.length) return undefined;
    const item = this.items[this.head] as T;
    this.items[this.head++] = undefined as T;
    if (this.head > 1024 && this.head * 2 > this.items.length) this.compact();
    return item;
  }

  /** Takes out what the test holds for. */
  removeIf(test: (item: T) => boolean): T[] {
    this.compact();
    const removed = this.items.filter(test);
    if (removed.length > 0) this.items = this.items.filter((item) => !test(item));
    return removed;
  }

  drain(): T[] {
    return this.removeIf(() => true);
  }

  private compact(): void {
    this.items = this.items.slice(this.head);
    this.head = 0;
  }
}
