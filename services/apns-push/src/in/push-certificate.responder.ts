import { pushCertificatePut } from '@lamplighter/contracts';
import type { InputOf, OutputOf } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { StorePushCertificate } from '../steps/store-push-certificate.ts';

@Controller()
export class PushCertificateResponder {
  constructor(private readonly step: StorePushCertificate) {}

  @OnRequest(pushCertificatePut)
  async handle(input: InputOf<typeof pushCertificatePut>): Promise<OutputOf<typeof pushCertificatePut>> {
    const { tenant, pem, force } = input;
    return { ok: await this.step.run(tenant, pem, force) };
  }
}
