import type { UpdateState } from '@lamplighter/contracts';
import type { Trigger } from './happening.ts';
import type { Step } from './update.ts';

/**
 * The step that follows. Some depend on the device: `offer` asks a Mac first whether its user has chosen a time, and is `schedule`
 * elsewhere; `schedule` is download (two-step) or install; `follow` is the status poll that fits, `resend` the order that it follows;
 * `look-again` lists once more later on a Mac (its scan may still run) and rechecks elsewhere. `…:later` waits for the policy's poll
 * time, `…:long` for three of it, `…:soon` for a scan to end. `repeat` asks the same once more, `stay` leaves the command outstanding.
 */
export type Next =
  | Exclude<Step, ''>
  | `${'download-status' | 'status' | 'rescan' | 'follow'}:later`
  | `${'list' | 'relist'}:soon`
  | 'offer'
  | 'schedule'
  | 'follow'
  | 'resend'
  | 'look-again'
  | 'repeat'
  | 'repeat:long'
  | `${'rescan' | 'status'}:long`
  | 'stay'
  | 'end';

export interface Rule {
  steps: readonly Step[] | '*';
  on: readonly Trigger[];
  to: UpdateState | 'same';
  next: Next;
  /** A happening's own reason stands where the rule has none. */
  reason?: string;
  /** The reason so far stays where there is one. */
  keeps: boolean;
  /** In plain words, for the device's timeline. */
  detail: string;
}

/** A rule as a line of the table. A reason with `?` behind it stands only where there was none; `?` alone keeps what there was. */
export type RuleLine = readonly [
  steps: Rule['steps'],
  on: Trigger | readonly Trigger[],
  to: Rule['to'],
  next: Next,
  detail: string,
  reason?: string,
];

export function ruleOf([steps, on, to, next, detail, given]: RuleLine): Rule {
  const keeps = given?.endsWith('?') ?? false;
  const reason = (keeps ? given!.slice(0, -1) : given) || undefined;
  const triggers = typeof on === 'string' ? [on] : on;
  return { steps, on: triggers, to, next, detail, keeps, ...(reason === undefined ? {} : { reason }) };
}
