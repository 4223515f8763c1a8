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
  /** Nobody is to push for it. */
  noPush: boolean;
  /** A newer command of its slot waits. */
  overtaken: boolean;
  /** NotNow was the last that the device said: it comes back by itself. */
  comesBack: boolean;
}

export type DueDecision =
  | { kind: 'finish'; outcome: 'expired' | 'unanswered' | 'superseded' }
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
  if (command.overtaken && !inHand) return { kind: 'finish', outcome: 'superseded' };
  if (at >= end) return { kind: 'finish', outcome: inHand ? 'unanswered' : 'expired' };
  const wait = Math.min(terms.repushMs * 2 ** Math.min(command.pushCount, 30), terms.repushMaxMs);
  const until = (ms: number) => new Date(Math.min(ms, end));
  if (command.notBefore !== null && command.notBefore > now)
    return { kind: 'wait', dueAt: until(command.notBefore.getTime()) };
  // It expired while it is in hand: no push can be of use to it.
  if (at >= command.expiresAt.getTime()) return { kind: 'wait', dueAt: new Date(end) };
  if (command.noPush) return { kind: 'wait', dueAt: new Date(end) };
  const quietUntil = quietUntilOf(command, terms);
  // Meanwhile it may connect and end that connection with another answer: hence a look at each usual wait.
  if (quietUntil > at) return { kind: 'wait', dueAt: until(Math.min(quietUntil, at + terms.repushMs)) };
  return { kind: 'push', reason: command.pushCount === 0 ? 'due' : 'repush', dueAt: until(at + wait) };
}

/**
 * A device that took the command a moment ago is at work on it. One that said NotNow last asks again by itself (Apple: only
 * then): it is pushed only when it has not for longer than any other wait. After an Error the start of the next try says when.
 */
function quietUntilOf({ state, sentAt, comesBack }: DueCommand, terms: DueTerms): number {
  if (state === 'queued' || sentAt === null) return -Infinity;
  return sentAt.getTime() + (state === 'NotNow' && comesBack ? terms.repushMaxMs : terms.repushMs);
}
