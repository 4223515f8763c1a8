import type { GroupSpec } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { GroupsByName } from '../domain/filter.ts';
import type { Ranked } from '../domain/precedence.ts';
import { GROUPS, OTHERS, POLICIES } from './sql/judgement-inputs.ts';

export async function groupsOf(tx: Tx, tenant: string): Promise<GroupsByName> {
  const rows = await tx.query<{ spec: GroupSpec }>(GROUPS, [tenant]);
  return new Map(rows.map(({ spec }) => [spec.name, spec]));
}

export function rankedPolicies(tx: Tx, tenant: string): Promise<Ranked[]> {
  return tx.query<Ranked>(POLICIES, [tenant]);
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
