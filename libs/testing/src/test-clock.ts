import { Clock } from '@lamplighter/runtime';

/** Stands still until a test moves it. */
export class TestClock extends Clock {
  private current: number;

  constructor(start: string | Date = '2026-11-20T02:00:00Z') {
    super();
    this.current = new Date(start).getTime();
  }

  override now(): Date {
    return new Date(this.current);
  }

  override realDelay(): number {
    return 0;
  }

  advance(ms: number): void {
    this.current += ms;
  }

  set(at: string | Date): void {
    this.current = new Date(at).getTime();
  }
}
