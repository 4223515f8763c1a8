import { AppError } from '@lamplighter/contracts';
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

  /** Throws AppError `push-certificate.older` where the present one of its topic ends later, unless `force` is true. */
  async run(tenant: string, pem: string, force = false): Promise<{ topic: string; notAfter: string }> {
    const certificate = readPushCertificate(pem, new Date());
    const { topic, notAfter } = certificate;
    const present = await this.certificates.put(tenant, certificate, this.clock.now(), force);
    if (present !== undefined) throw older(notAfter, present);
    this.log.info({ tenant, topic, notAfter }, 'a push certificate was stored');
    return { topic, notAfter: notAfter.toISOString() };
  }
}

function older(notAfter: Date, present: Date): AppError {
  const what = `it ends at ${notAfter.toISOString()}, the present one of its topic at ${present.toISOString()}`;
  return new AppError('push-certificate.older', `the push certificate is older than the present one: ${what}`, {
    outcome: 'drop',
    remedy: 'upload the newest one from identity.apple.com, or give force where this one is meant',
    fields: [{ path: 'pem', message: what }],
  });
}
