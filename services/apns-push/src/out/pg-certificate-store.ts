import { AppError } from '@lamplighter/contracts';
import { Database, Log, Sealer } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { PushCertificate } from '../domain/push-certificate.ts';
import { CertificateStore } from '../ports.ts';
import type { CertificateNotice, StoredCertificate } from '../ports.ts';
import * as sql from './sql/certificates.ts';

const FRESH_MS = 5000;
/** Devices name any topic that they like. */
const MOST_CACHED = 1000;

interface Row {
  sealed: Buffer;
  notAfter: Date;
  uploadedAt: Date;
  refused: string | null;
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

  override async put(
    tenant: string,
    certificate: PushCertificate,
    now: Date,
    force: boolean,
  ): Promise<Date | undefined> {
    const { topic, notAfter, key } = certificate;
    const plain = Buffer.from(JSON.stringify({ certificate: certificate.certificate, key }));
    const sealed = this.sealer.seal(plain, certificateContext(tenant, topic));
    const stored = await this.db.query(sql.putCertificate, [tenant, topic, sealed, notAfter, now, force]);
    this.cache.delete(`${tenant}\0${topic}`);
    if (stored.length > 0) return undefined;
    const [present] = await this.db.query<Row>(sql.readCertificate, [tenant, topic]);
    return present?.notAfter ?? notAfter;
  }

  override async get(tenant: string, topic: string): Promise<StoredCertificate | undefined> {
    const name = `${tenant}\0${topic}`;
    const held = this.cache.get(name);
    if (held !== undefined && performance.now() - held.readAt < FRESH_MS) return held.certificate;
    const certificate = this.read(tenant, topic);
    if (this.cache.size >= MOST_CACHED) this.cache.clear();
    this.cache.set(name, { readAt: performance.now(), certificate });
    // A failed read is not kept: the next push asks again.
    certificate.catch(() => this.cache.delete(name));
    return certificate;
  }

  override async list(): Promise<CertificateNotice[]> {
    const rows = await this.db.query<Omit<CertificateNotice, 'refused'> & { refused: string | null }>(
      sql.listCertificates,
    );
    return rows.map((row) => ({ ...row, refused: row.refused ?? undefined }));
  }

  override async setRefused(certificate: StoredCertificate, reason: string | undefined, now: Date): Promise<void> {
    const { tenant, topic, uploadedAt } = certificate;
    await this.db.query(sql.refuseCertificate, [tenant, topic, uploadedAt, reason ?? null, now]);
    this.cache.delete(`${tenant}\0${topic}`);
  }

  private async read(tenant: string, topic: string): Promise<StoredCertificate | undefined> {
    const [row] = await this.db.query<Row>(sql.readCertificate, [tenant, topic]);
    if (row === undefined) return undefined;
    const plain = this.open(tenant, topic, row.sealed);
    if (plain === undefined) return undefined;
    const { certificate, key } = JSON.parse(plain.toString()) as { certificate: string; key: string };
    const { notAfter, uploadedAt, refused } = row;
    // Of what is inside: sealed anew it is the same one, and its connections stay.
    const version = createHash('sha256').update(plain).update(uploadedAt.toISOString()).digest('hex');
    return { tenant, topic, certificate, key, notAfter, uploadedAt, refused: refused ?? undefined, version };
  }

  private open(tenant: string, topic: string, sealed: Buffer): Buffer | undefined {
    try {
      return this.sealer.open(sealed, certificateContext(tenant, topic));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'secret.cannot-open') throw error;
      this.log.error({ err: error, tenant, topic }, 'the push certificate does not open; upload it again');
      return undefined;
    }
  }
}

export function certificateContext(tenant: string, topic: string): string {
  return `push-certificate:${tenant}:${topic}`;
}
