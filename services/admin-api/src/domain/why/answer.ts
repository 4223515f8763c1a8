import type { NextWindow, Reason, Why } from '@lamplighter/contracts';
import type { Known } from './known.ts';
import { moment } from './words.ts';

export type Verdict = Pick<Why, 'verdict' | 'code' | 'class' | 'explanation' | 'next' | 'action'>;

export const NEVER: Verdict['next'] = { text: 'Nothing, until somebody acts.', at: null };

export function fromReason({
  title,
  code,
  class: kind,
  explanation,
  action,
}: Omit<Reason, 'retry'>): Omit<Verdict, 'next'> {
  return { verdict: title, code, class: kind, explanation, action };
}

export function nextOf(retry: Reason['retry'], { scheduled }: Known): Verdict['next'] {
  if (retry === 'never') return NEVER;
  if (retry === 'not-needed') return { text: 'Nothing more is needed.', at: null };
  if (retry === 'when-facts-change') return { text: 'It is judged anew as soon as its facts change.', at: null };
  const window = scheduled?.outlook?.window;
  const at = window && upcoming(window);
  if (!at) return { text: 'It is tried again in the next window.', at: null };
  return { text: `It is tried again in the window that opens ${moment(at, window.zone)}.`, at };
}

/** When the next window opens, the one that is open apart. */
function upcoming({ isOpen, opensAt, thenOpensAt }: NextWindow): string | null {
  return isOpen ? (thenOpensAt ?? null) : opensAt;
}
