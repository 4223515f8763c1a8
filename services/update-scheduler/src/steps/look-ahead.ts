import type { deviceOutlook, DevicePolicies, InputOf, NextWindow, Outlook } from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { type NextOccurrence, nextOccurrence } from '../domain/next-window.ts';
import { AssignmentStore, OutlookStore } from '../ports/assignment.ts';
import type { JudgedDevice, OutlookTerms } from '../ports/assignment.ts';
import { ExplainAssignment } from './explain-assignment.ts';

/** What the policy that has a device would do with it now, judged as a plan would judge it. */
@Injectable()
export class LookAhead {
  constructor(
    private readonly clock: Clock,
    private readonly explain: ExplainAssignment,
    private readonly assignments: AssignmentStore,
    private readonly outlooks: OutlookStore,
  ) {}

  async run(input: InputOf<typeof deviceOutlook>): Promise<DevicePolicies & { outlook: Outlook | null }> {
    const told = await this.explain.run(input);
    const holder = told.policies.find((policy) => policy.effective);
    const terms = holder && (await this.outlooks.terms(input.tenant, holder.policyId));
    return { ...told, outlook: terms ? await this.outlookOf(terms, input.deviceId) : null };
  }

  private async outlookOf(terms: OutlookTerms, deviceId: string): Promise<Outlook> {
    const now = this.clock.now();
    const zone = (await this.assignments.facts(terms.tenant, deviceId))?.timeZone;
    const spec = { ...terms.spec, emergency: terms.emergency };
    const after = (instant: Date) =>
      nextOccurrence(terms.windows, spec, typeof zone === 'string' ? zone : undefined, instant);
    const next = after(now);
    const localDate = next?.localDate ?? now.toISOString().slice(0, 10);
    const judged = (await this.outlooks.judge(terms, localDate, now, deviceId)) ?? LEFT;
    const { policyId, policyName, policyVersion, rolloutId, emergency } = terms;
    return {
      policyId,
      policyName,
      policyVersion,
      rolloutId,
      emergency,
      heldBy: heldBy(terms),
      ...judged,
      deadlineAt: judged.deadlineAt?.toISOString() ?? null,
      window: next === undefined ? null : windowOf(next, next.isOpen ? after(next.stopsAt) : undefined),
    };
  }
}

/** A device that has left is not judged. */
const LEFT: JudgedDevice = { reason: 'left-management', target: null, ring: null, deadlineAt: null };

export function heldBy({ tenantPaused, paused, rolloutState }: OutlookTerms): Outlook['heldBy'] {
  if (tenantPaused) return 'tenant-paused';
  if (paused) return 'policy-paused';
  if (rolloutState === 'aborted') return 'rollout-aborted';
  return rolloutState === 'paused' ? 'rollout-paused' : null;
}

function windowOf({ opensAt, stopsAt, closesAt, ...rest }: NextOccurrence, then?: NextOccurrence): NextWindow {
  return {
    ...rest,
    opensAt: opensAt.toISOString(),
    stopsAt: stopsAt.toISOString(),
    closesAt: closesAt.toISOString(),
    ...(rest.isOpen ? { thenOpensAt: then?.opensAt.toISOString() ?? null } : {}),
  };
}
