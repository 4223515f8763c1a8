import { derivedUuid } from '@lamplighter/contracts';

/** The set that an operator calls so. */
export function namedSetId(tenant: string, name: string): string {
  return derivedUuid('declaration-set', tenant, 'name', name);
}

/** The set that a cause gives: the same for the same declarations. */
export function causeSetId(tenant: string, cause: string, identifiers: readonly string[]): string {
  return derivedUuid('declaration-set', tenant, 'cause', cause, ...identifiers.toSorted());
}

const NAMED = 'set:';

/** Under which a device has a named set. */
export function namedSetCause(name: string): string {
  return `${NAMED}${name}`;
}

/** The beginning of all of those. */
export const NAMED_SET_CAUSES = NAMED;

/** Under which the members of a group have a named set; whatever the names hold, no two are the same. */
export function groupSetCause(group: string, set: string): string {
  return `group:${group.length}:${group}:${set}`;
}

/** Under which every device has its status subscriptions. */
export const SUBSCRIPTIONS_CAUSE = 'lamplighter:status';
