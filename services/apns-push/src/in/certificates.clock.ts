import { Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { WatchCertificates } from '../steps/watch-certificates.ts';

/** Once a minute of real time. */
@Injectable()
export class CertificatesClock extends Ticker {
  constructor(
    log: Log,
    private readonly step: WatchCertificates,
  ) {
    super({ everyMs: 60_000, log });
  }

  protected override async tick(): Promise<void> {
    await this.step.run(new Date());
  }
}
