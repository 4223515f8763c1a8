import type { UpdateState } from '@lamplighter/contracts';
import { inContext, onlyDownloads, progressIn, tellsChoice } from './context.ts';
import { isOrder, type Order, orderFor } from './order.ts';
import type { Next, Rule } from './rule.ts';
import { ruleFor } from './transitions.ts';
import type { Happening } from './happening.ts';
import { ORDERS, POLLS, type Step, type Terms, type Update } from './update.ts';

/** A step to ask of the device. */
export interface Ask {
  step: Exclude<Step, ''>;
  /** Of the steps that tell the device to download or to install. */
  order?: Order;
  notBefore?: Date;
  expiresAt: Date;
  productKeys: string[];
}

export interface Advanced extends Pick<Update, 'progress' | 'progressedAt' | 'resends'> {
  from: UpdateState;
  to: UpdateState;
  reason: string | null;
  detail: string;
  /** Absent where nothing follows, or where the outstanding command stays. */
  ask?: Ask;
  keepsCommand: boolean;
}

/** What follows from a happening; undefined where it changes nothing. Pure: ids are given by the caller. */
export function advance(update: Update, said: Happening, terms: Terms): Advanced | undefined {
  if (update.state === 'installed') return undefined;
  const happening = inContext(update, said, terms);
  const rule = ruleFor(update.step, happening.trigger);
  if (!rule) return undefined;
  const moved: Advanced = {
    from: update.state,
    to: rule.to === 'same' ? update.state : rule.to,
    reason: reasonFor(update, rule, happening),
    detail: detailOf(rule, happening),
    keepsCommand: rule.next === 'stay',
    ...progress(update, said, happening, rule.next, terms.now),
  };
  if (update.step === 'enforce' && isKnown(update, moved)) return undefined;
  if (recalls(update, moved, terms)) return { ...moved, ...ABORTED, keepsCommand: false };
  if (rule.next === 'stay' || rule.next === 'end') return moved;
  if (moved.to === 'downloaded' && onlyDownloads(update, terms)) {
    return { ...moved, reason: 'download-only', detail: 'The update is downloaded; the policy installs nothing.' };
  }
  return withAsk(update, moved, { ...resolve(update, rule.next), productKeys: happening.productKeys }, terms);
}

/** The device goes on with what it has told before. */
function isKnown({ state, reason }: Update, { to, reason: now }: Advanced): boolean {
  return to === state && (now === reason || (now === null && reason === 'past-recall'));
}

const ABORTED = { to: 'failed', reason: 'aborted', detail: 'The rollout was aborted.' } as const;

/** An abort leaves a device that installs alone; one that says it does so no more is recalled late. */
function recalls({ step }: Update, { keepsCommand, to }: Advanced, { aborted }: Terms): boolean {
  return aborted && step === 'enforce' && keepsCommand && to !== 'installing';
}

function detailOf(rule: Rule, { detail }: Happening): string {
  return detail === undefined ? rule.detail : `${rule.detail} (${detail})`;
}

function reasonFor(update: Update, rule: Rule, happening: Happening): string | null {
  if (rule.keeps) return (update.reason === 'not-now' ? null : update.reason) ?? rule.reason ?? null;
  return rule.reason ?? happening.reason ?? null;
}

/** Any change of what the device says is progress; so is a command that goes out once more, which it gets time for. */
function progress(update: Update, said: Happening, happening: Happening, next: Next, now: Date) {
  const { trigger } = happening;
  const again = next === 'resend' || trigger === 'error-once-more' || trigger === 'error-not-downloaded';
  const told = progressIn(said) ?? update.progress;
  return {
    progress: told,
    progressedAt: again || told !== update.progress ? now : update.progressedAt,
    resends: update.resends + (again ? 1 : 0),
  };
}

/** A scan goes on after its acknowledgement; until it ends a Mac lists nothing, or what it knew before. */
const SCAN_MINUTES = 2;
const LONG = 3;

type Wait = 'soon' | 'later' | 'long' | undefined;
type Target = { step: Exclude<Step, ''>; wait: Wait; productKeys?: string[] | undefined };

function resolve(update: Update, next: Exclude<Next, 'stay' | 'end'>): Target {
  const [name, wait] = next.split(':') as [string, Wait];
  const step = STEP_OF[name]?.(update);
  if (name === 'look-again' && step === 'list-again') return { step, wait: 'later' };
  return { step: step ?? (name as Exclude<Step, ''>), wait };
}

const twoStep = (update: Update): boolean => update.platform !== 'macOS';
const schedule = (update: Update): Exclude<Step, ''> => (twoStep(update) ? 'download' : 'install');

/** What these words of the table mean for this device. */
const STEP_OF: Readonly<Record<string, (update: Update) => Exclude<Step, ''>>> = {
  // Only rules of a step repeat, and every update that a rule fits is at one.
  repeat: ({ step }) => step as Exclude<Step, ''>,
  offer: (update) => (tellsChoice(update) ? 'ask-first' : schedule(update)),
  schedule,
  follow: (update) => (twoStep(update) ? 'download-status' : 'status'),
  resend: ({ step }) => (step === 'download-status' ? 'download' : 'install'),
  'look-again': (update) => (twoStep(update) ? 'recheck' : 'list-again'),
};

const MINUTE_MS = 60_000;

/** The move with the next command and its terms; or, where time, the operator or the order ended it, with the state that it ends in. */
function withAsk(update: Update, moved: Advanced, { step, wait, productKeys }: Target, terms: Terms): Advanced {
  const times = timesOf(update, step, wait, terms);
  const end = endedByTime(moved.reason, times, terms);
  if (end) return { ...moved, ...end };
  if (terms.held && ORDERS.has(step)) return held(update, moved, terms);
  const order = isOrder(step) ? orderFor(step, update, terms) : undefined;
  if (isOrder(step) && !order) return { ...moved, to: 'failed', reason: 'unsupported-command', detail: NO_OTHER };
  return {
    ...moved,
    detail: `${moved.detail}${notesOf(order)}`,
    ask: {
      step,
      ...(order ? { order } : {}),
      ...(wait === undefined ? {} : { notBefore: new Date(times.at) }),
      expiresAt: new Date(times.expiresAt),
      productKeys: productKeys ?? (update.productKey === null ? [] : [update.productKey]),
    },
  };
}

function notesOf(order: Order | undefined): string {
  return order?.notes.length ? ` (${order.notes.join('; ')})` : '';
}

const HELD_UNTIL = {
  paused: 'its rollout, policy or tenant is resumed',
  'ring-halted': 'an operator lets its ring go on, which the health gate halted',
};

/** It is asked again later, where it stands or what it can take, and goes on from its answer: once it may, with the order. */
function held(update: Update, moved: Advanced, terms: Terms): Advanced {
  const reason = terms.held!;
  const step = update.step === '' || ORDERS.has(update.step) ? 'list' : update.step;
  const detail = `${moved.detail.replace(/\.$/, '')}: not before ${HELD_UNTIL[reason]}.`;
  return withAsk(update, { ...moved, reason, detail }, { step, wait: 'later' }, terms);
}

/** Epoch ms. `follows`: it only asks about what the device has taken, and may do so after the stop time. */
interface Times {
  at: number;
  deadline: number;
  expiresAt: number;
  follows: boolean;
  waits: boolean;
}

function timesOf(update: Update, step: Step, wait: Wait, { now, pollMinutes, confirmHours }: Terms): Times {
  const follows = POLLS.has(step) || (step === 'recheck' && update.commandedAt !== null);
  const waits = { soon: SCAN_MINUTES, later: pollMinutes, long: LONG * pollMinutes };
  const at = now.getTime() + (wait === undefined ? 0 : waits[wait] * MINUTE_MS);
  const deadline = update.stopsAt.getTime() + (follows ? confirmHours * 60 * MINUTE_MS : 0);
  // A question that follows at once gets its answer in the same session: it may pass the deadline by one poll.
  const expiresAt = follows ? Math.max(deadline, at + pollMinutes * MINUTE_MS) : deadline;
  return { at, deadline, expiresAt, follows, waits: wait !== undefined };
}

type End = Pick<Advanced, 'to' | 'reason' | 'detail'>;

function endedByTime(reason: string | null, times: Times, { aborted, held }: Terms): End | undefined {
  const isLate = times.at >= times.deadline;
  if (times.follows) return isLate && times.waits ? endOfFollowing(reason) : undefined;
  if (aborted) return ABORTED;
  return isLate ? endOfSending(reason, held) : undefined;
}

const NO_OTHER = 'The device does not take this install action, and the policy allows none that installs.';

/** What an update waited for says more than that its time is up. */
const WAITED_FOR: ReadonlySet<string> = new Set(['waiting-for-power', 'waiting-for-restart', 'stalled']);

function endOfFollowing(reason: string | null): End {
  if (reason === 'user-postponed') {
    return { to: 'waiting', reason, detail: 'The user has chosen a later time; the next window looks again.' };
  }
  const why = reason !== null && WAITED_FOR.has(reason) ? reason : 'not-finished';
  return { to: 'failed', reason: why, detail: 'The device answers, but did not finish in time.' };
}

const MAY_PASS: ReadonlySet<string> = new Set([
  'installer-held-back',
  'insufficient-power',
  'insufficient-network',
  'phone-call-in-progress',
]);

function endOfSending(reason: string | null, held: Terms['held']): End {
  const detail = 'The stop time has come; the next window goes on.';
  if (reason === 'download-failed') return { to: 'failed', reason, detail };
  if (held) return { to: 'waiting', reason: held, detail };
  return { to: 'waiting', reason: reason !== null && MAY_PASS.has(reason) ? reason : 'window-closed', detail };
}

/**
 * Whether an observation may move this update: it answers the outstanding command, says that the target is reached, or is of an
 * update that the device tells of by itself.
 */
export function concerns(update: Update, commandId: string | undefined, happening: Happening): boolean {
  if (happening.trigger === 'at-target' || update.step === 'enforce') return true;
  return commandId !== undefined && commandId === update.commandId;
}
