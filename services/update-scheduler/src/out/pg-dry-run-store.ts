import { derivedUuid, type PolicySpec } from '@lamplighter/contracts';
import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { SqlParams } from '../domain/filter.ts';
import type { Ranked } from '../domain/precedence.ts';
import { ringsOf } from '../domain/rings.ts';
import type { JudgedGroup } from '../domain/dry-run.ts';
import { DryRunStore } from '../ports/dry-run.ts';
import { readFleet } from './fleet-read.ts';
import { groupsOf, otherRollouts, rankedPolicies } from './judgement-inputs.ts';
import { LONGEST_HOURS } from './pg-plan-store.ts';
import { judgeDevices, type Judgement } from './sql/judge-devices.ts';
import { storedPolicy } from './stored-policy.ts';

const HOUR_MS = 3_600_000;

interface Terms {
  tenant: string;
  policyId: string | undefined;
  spec: PolicySpec;
}

@Injectable()
export class PgDryRunStore extends DryRunStore {
  constructor(private readonly db: Database) {
    super();
  }

  override async spec(tenant: string, policyId: string): Promise<PolicySpec | undefined> {
    const [row] = await this.db.query<{ spec: PolicySpec }>(SPEC, [tenant, policyId]);
    return row && storedPolicy(row.spec);
  }

  override async judge(terms: Terms, now: Date): Promise<{ enrolled: number; groups: JudgedGroup[] }> {
    return readFleet(this.db, async (tx) => {
      const params = new SqlParams(now);
      const judged = judgeDevices(await judgementOf(tx, terms, now), params, []);
      const groups = await tx.query<JudgedGroup>({ text: `WITH ${judged} ${COUNTED}` }, params.values);
      const [fleet] = await tx.query<{ enrolled: number }>(ENROLLED, [terms.tenant]);
      return { enrolled: fleet!.enrolled, groups };
    });
  }
}

async function judgementOf(tx: Tx, { tenant, policyId, spec }: Terms, now: Date): Promise<Judgement> {
  const stored = await rankedPolicies(tx, tenant);
  const known = stored.find((policy) => policy.policyId === policyId);
  // A new one is the youngest.
  const own: Ranked = { policyId: known?.policyId ?? NEW, spec, createdAt: known?.createdAt ?? now };
  const stoppedAfter = new Date(now.getTime() - LONGEST_HOURS * HOUR_MS);
  const rings = ringsOf(spec, spec.emergency).map((ring) => ({ ...ring, from: 'first-ring' as const }));
  return {
    tenant,
    policyId: own.policyId,
    spec,
    isEmergency: spec.emergency,
    now,
    groups: await groupsOf(tx, tenant),
    policies: [...stored.filter((policy) => policy !== known), own],
    rings,
    ringReasons: rings.map(() => null),
    otherRollouts: await otherRollouts(tx, tenant, { policyId: own.policyId }, stoppedAfter),
    resendBefore: new Date(now.getTime() - spec.resendAfterHours * HOUR_MS),
  };
}

const NEW = derivedUuid('dry-run');

const SPEC = {
  text: `SELECT spec FROM update_scheduler.policy WHERE tenant = $1 AND policy_id = $2 AND archived_at IS NULL`,
};

const ENROLLED = {
  text: `SELECT count(*) AS enrolled FROM status_ingestion.device_v1 d WHERE d.tenant = $1 AND d.enrolled AND strpos(d.device_id, ':') = 0`,
};

const COUNTED = `
SELECT reason, platform, target_version AS version, target_build AS build, ring, count(*) AS devices, min(device_id) AS first,
       max(device_id) AS last
  FROM judged GROUP BY 1, 2, 3, 4, 5`;
