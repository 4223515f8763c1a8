import { certificateState, daysLeft } from '@lamplighter/contracts';
import type { Policy, PushCertificate, PushCertificates } from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { CatalogViews } from '../ports/catalog.ts';
import { PolicyViews } from '../ports/resources.ts';
import { iso } from './rows.ts';

const CERTIFICATES = {
  name: 'push-certificates',
  text: `
    SELECT topic, not_after AS "notAfter", uploaded_at AS "uploadedAt", refused_at AS "refusedAt", refused_reason AS reason
      FROM apns_push.push_certificate_v1 WHERE tenant = $1 ORDER BY topic`,
};
const POLICIES = {
  name: 'policies',
  text: `
    SELECT policy_id AS "policyId", version, spec, paused, created_at AS "createdAt", updated_at AS "updatedAt"
      FROM update_scheduler.policy_v1 WHERE tenant = $1 AND archived_at IS NULL AND ($2::uuid IS NULL OR policy_id = $2) ORDER BY name`,
};

@Injectable()
export class PgCatalogViews extends CatalogViews {
  constructor(private readonly database: Database) {
    super();
  }

  override async pushCertificates(tenant: string): Promise<z.infer<typeof PushCertificates>> {
    const rows = await this.database.query<CertificateRow>(CERTIFICATES, [tenant]);
    // Real time, whatever LAMP_CLOCK says: the push service judges by it.
    const now = new Date();
    return { items: rows.map((row) => certificateOf(row, now)) };
  }
}

interface CertificateRow {
  topic: string;
  notAfter: Date;
  uploadedAt: Date;
  refusedAt: Date | null;
  reason: string | null;
}

function certificateOf(row: CertificateRow, now: Date): z.infer<typeof PushCertificate> {
  const { topic, notAfter, uploadedAt, refusedAt, reason } = row;
  return {
    topic,
    notAfter: iso(notAfter),
    uploadedAt: iso(uploadedAt),
    daysLeft: daysLeft(notAfter, now),
    state: certificateState(notAfter, now, refusedAt !== null),
    ...(refusedAt === null ? {} : { refused: { at: iso(refusedAt), reason: reason ?? 'unknown' } }),
  };
}

type PolicyRow = Omit<Policy, 'createdAt' | 'updatedAt'> & { createdAt: Date; updatedAt: Date };

@Injectable()
export class PgPolicyViews extends PolicyViews {
  constructor(private readonly database: Database) {
    super();
  }

  override async list(tenant: string): Promise<Policy[]> {
    return this.read(tenant, null);
  }

  override async find(tenant: string, policyId: string): Promise<Policy | undefined> {
    return (await this.read(tenant, policyId))[0];
  }

  private async read(tenant: string, policyId: string | null): Promise<Policy[]> {
    const rows = await this.database.query<PolicyRow>(POLICIES, [tenant, policyId]);
    return rows.map((row) => ({ ...row, createdAt: iso(row.createdAt), updatedAt: iso(row.updatedAt) }));
  }
}
