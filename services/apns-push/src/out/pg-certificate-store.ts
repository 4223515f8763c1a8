import { AppError } from '@lamplighter/contracts';
import { Database, Log, Sealer } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { PushCertificate } from '../domain/push-certificate.ts';
import { CertificateStore } from '../ports.ts';
import type { StoredCertificate } from '../ports.ts';

const FRESH_MS = 5000;

interface Row {
  sealed: Buffer;
  notAfter: Date;
}
interface Cached {
  readAt: number;
  certificate: Promise<StoredCertificate | undefined>;
}

/** Sealed in the table; opened in memory for a few seconds, so that every process sees a new one soon. */
@Injectable()
export class PgCertificateStore extends CertificateStore {
  private readonly cache = new Map<string, Cached>();

  constructor(
    private readonly db: Database,
    private readonly sealer: Sealer,
    private readonly log: Log,
  ) {
    super();
  }

  override async put(tenant: string, certificate: PushCertificate, now: Date): Promise<void> {
    const { topic, notAfter, key } = certificate;
    const plain = Buffer.from(JSON.stringify({ certificate: certificate.certificate, key }));
    const sealed = this.sealer.seal(plain, contextOf(tenant, topic));
    await this.db.query(
      {
        text: `
INSERT INTO apns_push.push_certificate (tenant, topic, sealed_pem, not_after, uploaded_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, topic) DO UPDATE
  SET sealed_pem = EXCLUDED.sealed_pem, not_after = EXCLUDED.not_after, uploaded_at = EXCLUDED.uploaded_at`,
      },
      [tenant, topic, sealed, notAfter, now],
    );
    this.cache.delete(`${tenant}\0${topic}`);
  }

  override async get(tenant: string, topic: string): Promise<StoredCertificate | undefined> {
    const name = `${tenant}\0${topic}`;
    const held = this.cache.get(name);
    if (held !== undefined && performance.now() - held.readAt < FRESH_MS) return held.certificate;
    const certificate = this.read(tenant, topic);
    this.cache.set(name, { readAt: performance.now(), certificate });
    // A failed read is not kept: the next push asks again.
    certificate.catch(() => this.cache.delete(name));
    return certificate;
  }

  private async read(tenant: string, topic: string): Promise<StoredCertificate | undefined> {
    const [row] = await this.db.query<Row>(
      {
        name: 'read-push-certificate',
        text: `SELECT sealed_pem AS sealed, not_after AS "notAfter" FROM apns_push.push_certificate WHERE tenant = $1 AND topic = $2`,
      },
      [tenant, topic],
    );
    if (row === undefined) return undefined;
    try {
      const plain = this.sealer.open(row.sealed, contextOf(tenant, topic)).toString();
      const { certificate, key } = JSON.parse(plain) as { certificate: string; key: string };
      const version = createHash('sha256').update(row.sealed).digest('hex');
      return { tenant, topic, certificate, key, notAfter: row.notAfter, version };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'secret.cannot-open') throw error;
      this.log.error({ err: error, tenant, topic }, 'the push certificate does not open; upload it again');
      return undefined;
    }
  }
}

function contextOf(tenant: string, topic: string): string {
  return `push-certificate:${tenant}:${topic}`;
}
