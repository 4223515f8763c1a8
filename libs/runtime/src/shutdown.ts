import { Injectable } from '@nestjs/common';

/** What must outlive everything else of a service: connections are closed here, once all that uses them has stopped. */
@Injectable()
export class Shutdown {
  private readonly closers: (() => Promise<unknown>)[] = [];

  /** The last one registered closes first. */
  last(close: () => Promise<unknown>): void {
    this.closers.unshift(close);
  }

  async run(): Promise<void> {
    for (const close of this.closers.splice(0)) await close();
  }
}
