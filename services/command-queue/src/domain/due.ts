import type { PendingState } from './command.ts';

export interface DueTerms {
  /** Wait before the second push; doubles with each further one. */
  repushMs: number;
  /** The wait never grows beyond this. */
  repushMaxMs: number;
  /** How long after its expiry a command in hand may still be answered before it counts as unanswered. */
  answerGraceMs: number;
}

export interface DueCommand {
  state: PendingState;
  notBefore: Date | null;
  expiresAt: Date;
  sentAt: Date | null;
  /** Pushes that were asked for on its behalf. */
  pushCount: number;
}

export type DueDecision =
  | { kind: 'finish'; outcome: 'expired' | 'unanswered' }
  | { kind: 'push'; reason: 'due' | 'repush'; dueAt: Date }
  /** Nothing now. */
  | { kind: 'wait'; dueAt: Date };

/** When the clock first looks at a new command: at its start, or when its first push has had time to work. */
export function firstDueAt(terms: DueTerms, now: Date, notBefore: Date | undefined, expiresAt: Date): Date {
  const start = notBefore !== undefined && notBefore > now ? notBefore.getTime() : now.getTime() + terms.repushMs;
  return new Date(Math.min(start, expiresAt.getTime()));
}

/** What the clock does with a command that it finds due. */
export function decideDue(command: DueCommand, now: Date, terms: DueTerms): DueDecision {
  const inHand = command.state === 'sent';
  const end = command.expiresAt.getTime() + (inHand ? terms.answerGraceMs : 0);
  const at = now.getTime();
  if (at >= end) return { kind: 'finish', outcome: inHand ? 'unanswered' : 'expired' };
  const wait = Math.min(terms.repushMs * 2 ** Math.min(command.pushCount, 30), terms.repushMaxMs);
  const until = (ms: number) => new Date(Math.min(ms, end));
  if (command.notBefore !== null && command.notBefore > now)
    return { kind: 'wait', dueAt: until(command.notBefore.getTime()) };
  // It expired while it is in hand: no push can be of use to it.
  if (at >= command.expiresAt.getTime()) return { kind: 'wait', dueAt: new Date(end) };
  // A device that took it a moment ago is at work on it, or said NotNow and comes back by itself.
  const quietUntil = (command.sentAt?.getTime() ?? -Infinity) + terms.repushMs;
  if (quietUntil > at) return { kind: 'wait', dueAt: until(quietUntil) };
  return { kind: 'push', reason: command.pushCount === 0 ? 'due' : 'repush', dueAt: until(at + wait) };
}
