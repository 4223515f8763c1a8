import { Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { SealCertificatesAnew } from '../steps/seal-certificates-anew.ts';
import { WatchCertificates } from '../steps/watch-certificates.ts';

/** Once a minute of real time; seals are looked at once, at start. */
@Injectable()
export class CertificatesClock extends Ticker {
  private isSealed = false;

  constructor(
    log: Log,
    private readonly watch: WatchCertificates,
    private readonly sealAnew: SealCertificatesAnew,
  ) {
    super({ everyMs: 60_000, log });
  }

  protected override async tick(): Promise<void> {
    if (!this.isSealed) await this.sealAnew.run();
    this.isSealed = true;
    await this.watch.run(new Date());
  }
}
