import { Clock, Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { RenewManifests } from '../steps/renew-manifests.ts';
import { TellOfChanges } from '../steps/tell-of-changes.ts';

/** Several times a second of the installation's clock, and at once again while there is more. */
@Injectable()
export class ChangesClock extends Ticker {
  constructor(
    clock: Clock,
    log: Log,
    private readonly renew: RenewManifests,
    private readonly tell: TellOfChanges,
  ) {
    super({ everyMs: Math.max(50, clock.realDelay(500)), log });
  }

  protected override async tick(): Promise<boolean> {
    const more = [await this.renew.run(), await this.tell.run()];
    return more.includes(true);
  }
}
