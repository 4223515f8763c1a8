import { compareOsVersions } from '@lamplighter/apple';
import { isHarmless, isMajorStep, isPastDeadline } from './order.ts';
import type { Happening, Trigger } from './happening.ts';
import type { Terms, Update } from './update.ts';

type Reading = (update: Update, happening: Happening, terms: Terms) => Happening;

const as = (happening: Happening, trigger: Trigger): Happening => ({ ...happening, trigger });
const stalledIfStill: Reading = (update, happening, terms) =>
  isStalled(update, happening, terms) ? stalled(update, happening, terms) : happening;
const notified: Reading = (update, happening, terms) =>
  onlyNotifies(update, terms) ? as(happening, 'result-notified') : happening;
/** Tried once more, it counts as an error. */
const once: Reading = (update, happening) => (update.resends === 0 ? happening : as(happening, 'error-failed'));

const stopped: Reading = (update, happening) =>
  update.state === 'installing' ? { reason: 'waiting-for-its-time', ...as(happening, 'declared-stopped') } : happening;

const IN_CONTEXT: Readonly<Partial<Record<Trigger, Reading>>> = {
  'status-postponed': (update, happening, terms) => {
    const mayBegin = update.step === 'ask-first' || mayResend(update, terms);
    return isPastDeadline(terms) && mayBegin ? as(happening, 'status-overdue') : happening;
  },
  'status-downloading': stalledIfStill,
  'status-downloaded': stalledIfStill,
  'status-idle': stalledIfStill,
  'status-installing': stalledIfStill,
  'declared-waiting': stopped,
  'declared-failed': stopped,
  'error-once-more': once,
  // A Mac downloads and installs by one command.
  'error-not-downloaded': (update, happening, terms) =>
    update.platform === 'macOS' ? as(happening, 'error-failed') : once(update, happening, terms),
  'result-accepted': notified,
  'result-downloading': notified,
  'error-downloading': notified,
  'error-downloaded': notified,
};

/** What the device's words mean for this update, now: whether it stands still, whether the deadline overrules, whether it was tried before. */
export function inContext(update: Update, happening: Happening, terms: Terms): Happening {
  return IN_CONTEXT[happening.trigger]?.(update, happening, terms) ?? happening;
}

/** The policy ends at the download: it lies on the device and is not installed. */
export function onlyDownloads(update: Update, terms: Terms): boolean {
  const wanted = terms.installAction;
  const downloads = wanted === 'DownloadOnly' || (wanted === 'NotifyOnly' && update.platform !== 'macOS');
  return downloads && !isPastDeadline(terms);
}

function onlyNotifies({ platform, step }: Update, terms: Terms): boolean {
  // What falls back from it installs.
  return step === 'install' && platform === 'macOS' && terms.installAction === 'NotifyOnly' && !isPastDeadline(terms);
}

const MINUTE_MS = 60_000;

/** What a device says of its way, comparably; undefined for what says nothing of it. */
export function progressIn({ trigger, detail }: Happening): string | undefined {
  return trigger.startsWith('status-') || trigger.startsWith('result-')
    ? `${trigger} ${detail ?? ''}`.trim()
    : undefined;
}

const FOLLOWED = new Set<Update['step']>(['download-status', 'status']);

function isStalled(update: Update, happening: Happening, { now, stallMinutes }: Terms): boolean {
  if (!FOLLOWED.has(update.step) || progressIn(happening) !== update.progress) return false;
  // The next step of a downloaded update follows at once where there are two.
  if (update.step === 'download-status' && happening.trigger === 'status-downloaded') return false;
  return update.progressedAt !== null && now.getTime() - update.progressedAt.getTime() >= stallMinutes * MINUTE_MS;
}

function stalled(update: Update, happening: Happening, terms: Terms): Happening {
  // What installs is left alone, however long it takes.
  const again = happening.trigger !== 'status-installing' && mayResend(update, terms);
  const trigger: Trigger = again ? 'status-stalled' : happening.trigger;
  return { reason: 'stalled', ...happening, trigger };
}

/** From here on a Mac tells in OSUpdateStatus that its user has chosen a time. */
const TELLS_CHOICE = '12.3';

/** Whether the same device may be told once more, within the window, without starting what its user has put off. */
function mayResend(update: Update, terms: Terms): boolean {
  const { now, resendAfterHours, aborted, held } = terms;
  if (aborted || held || now >= update.stopsAt) return false;
  const quietMs = update.progressedAt === null ? 0 : now.getTime() - update.progressedAt.getTime();
  if (update.resends > 0 && quietMs < resendAfterHours * 60 * MINUTE_MS) return false;
  const harmless = isHarmless(terms.installAction) && !isMajorStep(update);
  return update.platform !== 'macOS' || harmless || isPastDeadline(terms) || tellsChoice(update);
}

/** Whether a Mac is asked before it is told: older ones would not tell of their user's choice. */
export function tellsChoice({ platform, fromVersion }: Pick<Update, 'platform' | 'fromVersion'>): boolean {
  return platform === 'macOS' && fromVersion !== null && compareOsVersions(fromVersion, TELLS_CHOICE) >= 0;
}
