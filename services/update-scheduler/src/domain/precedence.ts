import type { PolicySpec } from '@lamplighter/contracts';
import { compileAssignment, type GroupsByName, type SqlParams } from './filter.ts';

/** What decides between policies that take in the same device. */
export interface Ranked {
  policyId: string;
  spec: Pick<PolicySpec, 'precedence' | 'assignment' | 'platforms'>;
  createdAt: Date | string;
}

/** Sorts by what holds first: the greatest precedence, of equals the one that was created first. */
export function byPrecedence(a: Ranked, b: Ranked): number {
  return (
    b.spec.precedence - a.spec.precedence ||
    new Date(a.createdAt).getTime() - new Date(b.createdAt).getTime() ||
    (a.policyId < b.policyId ? -1 : 1)
  );
}

/**
 * Whether a policy that goes before `policyId` takes in a row `d` of `status_ingestion.device_v1`: an SQL expression, true or false and
 * never null. `policies` are all of the tenant that hold devices: a paused one too, or its devices would fall to the next policy.
 */
export function compileTakenBefore(
  policyId: string,
  policies: readonly Ranked[],
  groups: GroupsByName,
  params: SqlParams,
): string {
  const sorted = policies.toSorted(byPrecedence);
  const before = sorted.slice(
    0,
    Math.max(
      0,
      sorted.findIndex((one) => one.policyId === policyId),
    ),
  );
  const terms = before.map(({ spec }) => compileAssignment(spec.assignment, spec.platforms, groups, params));
  return terms.length === 0 ? 'false' : `(${terms.join(' OR ')})`;
}
