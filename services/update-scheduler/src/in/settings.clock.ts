import { Clock, Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { DeclareSettings } from '../steps/declare-settings.ts';

const EVERY_MS = 1_800_000;

/** Twice an hour of the installation's clock: settings of policies that were removed are taken back. */
@Injectable()
export class SettingsClock extends Ticker {
  constructor(
    clock: Clock,
    log: Log,
    private readonly declareSettings: DeclareSettings,
  ) {
    super({ everyMs: Math.max(1000, clock.realDelay(EVERY_MS)), log });
  }

  protected override tick(): Promise<void> {
    return this.declareSettings.takeBack();
  }
}
