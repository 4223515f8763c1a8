/** A device takes one at a time: while it has one in hand it is given no other. */
export const EXCLUSIVE_SLOT = 'ScheduleOSUpdate';

/**
 * At most one undelivered command of a slot waits for a device; a newer one takes its place. A ScheduleOSUpdate has one slot
 * whatever its purpose: two that both arrive may start at once what a user put off. Null: any number may wait.
 */
export function slotOf(requestType: string, purpose: string | undefined): string | null {
  if (requestType === 'ScheduleOSUpdate') return EXCLUSIVE_SLOT;
  return purpose === undefined ? null : `${requestType} ${purpose}`;
}
