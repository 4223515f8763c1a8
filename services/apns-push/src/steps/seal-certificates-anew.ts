import { Log } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { CertificateStore } from '../ports.ts';

/** After a change of LAMP_SECRET_KEY: what an older key sealed is sealed with the newest. */
@Injectable()
export class SealCertificatesAnew {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly log: Log,
  ) {}

  async run(): Promise<void> {
    const { done, closed } = await this.certificates.sealAnew();
    if (done > 0) this.log.info({ count: done }, 'push certificates were sealed with the newest key');
    if (closed === 0) this.log.info({}, 'all sealed secrets bear the newest key');
  }
}
