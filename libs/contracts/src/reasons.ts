import { CONTACT_REASONS } from './reasons/contact.ts';
import { ENFORCEMENT_REASONS } from './reasons/enforcement.ts';
import { DEVICE_REASONS } from './reasons/device.ts';
import { ELIGIBILITY_REASONS } from './reasons/eligibility.ts';
import { MANAGEMENT_REASONS } from './reasons/management.ts';
import { OPERATOR_REASONS } from './reasons/operator.ts';
import { PLANNING_REASONS } from './reasons/planning.ts';
import type { Reason, ReasonEntry } from './reasons/reason.ts';

export type { Reason, ReasonClass, ReasonRetry } from './reasons/reason.ts';

const CATALOGUE: Readonly<Record<string, ReasonEntry>> = {
  ...ELIGIBILITY_REASONS,
  ...PLANNING_REASONS,
  ...OPERATOR_REASONS,
  ...CONTACT_REASONS,
  ...DEVICE_REASONS,
  ...ENFORCEMENT_REASONS,
  ...MANAGEMENT_REASONS,
};

/** Every reason code that an update may carry, in the order in which people read them. */
export const REASONS: readonly Reason[] = Object.entries(CATALOGUE).map(([code, entry]) => ({ code, ...entry }));

const BY_CODE: ReadonlyMap<string, Reason> = new Map(REASONS.map((reason) => [reason.code, reason]));

/** Whether the code stands in the catalogue. */
export function isReason(code: string): boolean {
  return BY_CODE.has(code);
}

/** The meaning of a reason code. One that is not in the catalogue (of a newer or another version) gets a general answer under its code. */
export function reasonOf(code: string): Reason {
  return BY_CODE.get(code) ?? { ...BY_CODE.get('unknown')!, code, title: `Not in the catalogue: ${code}` };
}
