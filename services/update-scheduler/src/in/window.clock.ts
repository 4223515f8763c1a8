import { CONFIG, Log, Ticker } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { CloseWindow } from '../steps/close-window.ts';
import { OpenWindow } from '../steps/open-window.ts';

/** Opens and closes windows. */
@Injectable()
export class WindowClock extends Ticker {
  constructor(
    @Inject(CONFIG) config: Config,
    log: Log,
    private readonly openWindow: OpenWindow,
    private readonly closeWindow: CloseWindow,
  ) {
    super({ everyMs: config.LAMP_WINDOW_TICK_MS, log });
  }

  protected override tick(): Promise<void> {
    return this.each({
      'open-window': () => this.openWindow.run(),
      'close-window': () => this.closeWindow.run(),
    });
  }
}
