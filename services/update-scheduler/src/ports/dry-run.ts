import type { PolicySpec } from '@lamplighter/contracts';
import type { JudgedGroup } from '../domain/dry-run.ts';

/** Judges the fleet with the statement of the plan, and counts. */
export abstract class DryRunStore {
  /** The spec of a policy that is not archived; undefined where there is none. */
  abstract spec(tenant: string, policyId: string): Promise<PolicySpec | undefined>;
  /** Reads the whole fleet. Rings count as reached. `policyId`: the policy in whose place the spec stands. */
  abstract judge(
    of: { tenant: string; policyId: string | undefined; spec: PolicySpec },
    now: Date,
  ): Promise<{ enrolled: number; groups: JudgedGroup[] }>;
}
