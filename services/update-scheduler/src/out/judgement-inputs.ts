import type { GroupSpec, PolicySpec } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { GroupsByName } from '../domain/filter.ts';
import type { Ranked } from '../domain/precedence.ts';
import { storedPolicy } from './stored-policy.ts';
import { GROUPS, OTHERS, POLICIES } from './sql/judgement-inputs.ts';

export async function groupsOf(tx: Tx, tenant: string): Promise<GroupsByName> {
  const rows = await tx.query<{ spec: GroupSpec }>(GROUPS, [tenant]);
  return new Map(rows.map(({ spec }) => [spec.name, spec]));
}

export async function rankedPolicies(tx: Tx, tenant: string): Promise<Ranked[]> {
  const rows = await tx.query<Ranked & { spec: PolicySpec }>(POLICIES, [tenant]);
  return rows.map((row) => ({ ...row, spec: storedPolicy(row.spec) }));
}

export async function otherRollouts(
  tx: Tx,
  tenant: string,
  own: { rolloutId?: string; policyId?: string },
  stoppedAfter: Date,
): Promise<string[]> {
  const rows = await tx.query<{ rolloutId: string }>(OTHERS, [
    tenant,
    own.rolloutId ?? null,
    own.policyId ?? null,
    stoppedAfter,
  ]);
  return rows.map((row) => row.rolloutId);
}
