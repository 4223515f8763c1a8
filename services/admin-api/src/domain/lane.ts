import { Priority } from '@lamplighter/contracts';

/** The lane that a stored priority belongs to. */
export function laneOfPriority(priority: number): keyof typeof Priority {
  if (priority < Priority.update) return 'security';
  return priority < Priority.inventory ? 'update' : 'inventory';
}
