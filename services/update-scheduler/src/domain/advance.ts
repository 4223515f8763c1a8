import type { UpdateState } from '@lamplighter/contracts';
import type { Next } from './rule.ts';
import { ruleFor } from './transitions.ts';
import type { Happening } from './triggers.ts';
import { POLLS, type Step, type Terms, type Update } from './update.ts';

/** A step to ask of the device. */
export interface Ask {
  step: Exclude<Step, ''>;
  notBefore?: Date;
  expiresAt: Date;
  productKeys: string[];
}

export interface Advanced {
  from: UpdateState;
  to: UpdateState;
  reason: string | null;
  detail: string;
  /** Absent where nothing follows, or where the outstanding command stays. */
  ask?: Ask;
  keepsCommand: boolean;
}

/** What follows from a happening; undefined where it changes nothing. Pure: ids are given by the caller. */
export function advance(update: Update, happening: Happening, terms: Terms): Advanced | undefined {
  if (update.state === 'installed') return undefined;
  const rule = ruleFor(update.step, happening.trigger);
  if (!rule) return undefined;
  const to = rule.to === 'same' ? update.state : rule.to;
  const reason = rule.reason ?? happening.reason ?? null;
  const detail = happening.detail === undefined ? rule.detail : `${rule.detail} (${happening.detail})`;
  const moved = { from: update.state, to, reason, detail };
  if (rule.next === 'stay') return { ...moved, keepsCommand: true };
  if (rule.next === 'end' || (to === 'downloaded' && terms.installAction === 'DownloadOnly'))
    return { ...moved, keepsCommand: false };
  return {
    ...moved,
    ...askFor(update, { ...resolve(update, rule.next), to }, happening.productKeys, terms),
    keepsCommand: false,
  };
}

/** A scan goes on after its acknowledgement; until it ends a Mac lists nothing, or what it knew before. */
const SCAN_MINUTES = 2;

type Wait = 'soon' | 'later' | undefined;

function resolve(update: Update, next: Exclude<Next, 'stay' | 'end'>): { step: Exclude<Step, ''>; wait: Wait } {
  const twoStep = update.platform !== 'macOS';
  const [name, wait] = next.split(':') as [Exclude<Step, ''> | 'schedule' | 'follow' | 'look-again' | 'repeat', Wait];
  // Only rules of a step repeat, and every update that a rule fits is at one.
  if (name === 'repeat') return { step: update.step as Exclude<Step, ''>, wait };
  if (name === 'schedule') return { step: twoStep ? 'download' : 'install', wait };
  if (name === 'follow') return { step: twoStep ? 'download-status' : 'status', wait };
  if (name === 'look-again') return twoStep ? { step: 'recheck', wait } : { step: 'list-again', wait: 'later' };
  return { step: name, wait };
}

type Target = { step: Exclude<Step, ''>; wait: Wait; to: UpdateState };

/** The next command with its terms; or, where time or the operator ended it, the state that it ends in. */
function askFor(update: Update, target: Target, productKeys: string[] | undefined, terms: Terms): Partial<Advanced> {
  const { step, wait } = target;
  const readOnly = POLLS.has(step) || (step === 'recheck' && update.commandedAt !== null);
  const minutes = wait === undefined ? 0 : { soon: SCAN_MINUTES, later: terms.pollMinutes }[wait];
  const at = terms.now.getTime() + minutes * MINUTE_MS;
  const deadline = update.stopsAt.getTime() + (readOnly ? terms.confirmHours * 60 * MINUTE_MS : 0);
  const ended = readOnly ? wait !== undefined && at >= deadline && NOT_FINISHED : endOfSending(at >= deadline, terms);
  if (ended) return ended;
  return {
    ask: {
      step,
      ...(wait === undefined ? {} : { notBefore: new Date(at) }),
      // A question that follows at once gets its answer in the same session: it may pass the deadline by one poll.
      expiresAt: new Date(readOnly ? Math.max(deadline, at + terms.pollMinutes * MINUTE_MS) : deadline),
      productKeys: productKeys ?? knownKeys(update),
    },
  };
}

function knownKeys({ productKey }: Update): string[] {
  return productKey === null ? [] : [productKey];
}

const MINUTE_MS = 60_000;
const NOT_FINISHED = {
  to: 'failed',
  reason: 'not-finished',
  detail: 'The device answers, but did not finish in time.',
} as const;

function endOfSending(isLate: boolean, { aborted }: Terms): Partial<Advanced> | undefined {
  if (aborted) return { to: 'failed', reason: 'aborted', detail: 'The rollout was aborted.' };
  if (!isLate) return undefined;
  return { to: 'waiting', reason: 'window-closed', detail: 'The stop time has come; the next window goes on.' };
}

/** Whether an observation may move this update: it answers the outstanding command, or says that the target is reached. */
export function concerns(update: Update, commandId: string | undefined, happening: Happening): boolean {
  return (commandId !== undefined && commandId === update.commandId) || happening.trigger === 'at-target';
}
