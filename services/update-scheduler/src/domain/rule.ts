import type { UpdateState } from '@lamplighter/contracts';
import type { Trigger } from './triggers.ts';
import type { Step } from './update.ts';

/**
 * The step that follows. Three depend on the platform: `schedule` is download (two-step) or install, `follow` is the status
 * poll that fits, `look-again` lists once more later on a Mac (its scan may still run) and rechecks elsewhere. `…:later`
 * waits for the policy's poll time, `…:soon` for a scan to end. `repeat` asks the same once more, `stay` leaves the command
 * outstanding.
 */
export type Next =
  | Exclude<Step, ''>
  | `${'download-status' | 'status' | 'rescan' | 'follow'}:later`
  | `${'list' | 'relist'}:soon`
  | 'schedule'
  | 'follow'
  | 'look-again'
  | 'repeat'
  | 'stay'
  | 'end';

export interface Rule {
  steps: readonly Step[] | '*';
  on: readonly Trigger[];
  to: UpdateState | 'same';
  next: Next;
  reason?: string;
  /** In plain words, for the device's timeline. */
  detail: string;
}

/** A rule as a line of the table. */
export type RuleLine = readonly [
  steps: Rule['steps'],
  on: Trigger | readonly Trigger[],
  to: Rule['to'],
  next: Next,
  detail: string,
  reason?: string,
];

export function ruleOf([steps, on, to, next, detail, reason]: RuleLine): Rule {
  const triggers = typeof on === 'string' ? [on] : on;
  return { steps, on: triggers, to, next, detail, ...(reason === undefined ? {} : { reason }) };
}
