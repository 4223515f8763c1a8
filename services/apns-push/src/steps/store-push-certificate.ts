import { Clock, Log } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { readPushCertificate } from '../domain/push-certificate.ts';
import { CertificateStore } from '../ports.ts';

/** Checks an uploaded push certificate and keeps it, sealed. What is wrong with it changes nothing. */
@Injectable()
export class StorePushCertificate {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async run(tenant: string, pem: string): Promise<{ topic: string; notAfter: string }> {
    const certificate = readPushCertificate(pem, new Date());
    await this.certificates.put(tenant, certificate, this.clock.now());
    const { topic, notAfter } = certificate;
    this.log.info({ tenant, topic, notAfter }, 'a push certificate was stored');
    return { topic, notAfter: notAfter.toISOString() };
  }
}
