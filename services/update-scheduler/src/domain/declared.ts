import type { DeclaredStatus, ReportedDeclaration } from '@lamplighter/contracts';
import type { Happening, Trigger } from './happening.ts';
import { hasReached } from './target.ts';
import type { Update } from './update.ts';

/** Of `softwareupdate.install-state`. Words of later OS versions, and `none`, say nothing here. */
const INSTALL_STATES: Readonly<Record<string, Trigger>> = {
  waiting: 'declared-waiting',
  downloading: 'declared-downloading',
  prepared: 'declared-prepared',
  installing: 'declared-installing',
  failed: 'declared-failed',
};

/** Apple gives a failure in words only: what they speak of. */
const FAILURES: readonly (readonly [words: RegExp, reason: string])[] = [
  [/space|disk|storage/i, 'insufficient-space'],
  [/power|battery|charg/i, 'insufficient-power'],
  [/network|internet|connection/i, 'insufficient-network'],
  [/phone call/i, 'phone-call-in-progress'],
  [/not available|no update/i, 'no-update-available'],
  [/download/i, 'download-failed'],
  [/install/i, 'install-failed'],
];

/**
 * What a status report means for this update. An update of the command lane only learns from it which version the device runs.
 * The product key of an enforced update is the identifier of its declaration.
 */
export function readDeclared(update: Update, status: DeclaredStatus): Happening {
  if (hasReached(update, status) === true) return { trigger: 'at-target', detail: `runs ${status.osVersion}` };
  if (update.step !== 'enforce') return { trigger: 'unreadable' };
  const own = status.declarations?.find(({ identifier }) => identifier === update.productKey);
  if (own !== undefined && isRefused(own)) {
    return { trigger: 'declared-refused', reason: 'declaration-refused', detail: wordsOf(own) };
  }
  const trigger = isAboutOurs(update, status) ? INSTALL_STATES[status.installState ?? ''] : undefined;
  if (trigger === 'declared-failed') return failed(status);
  return { trigger: trigger ?? (isActiveOnly(update, own) ? 'declared-waiting' : 'unreadable') };
}

/** It is active while the device downloads and installs too. */
function isActiveOnly({ state }: Update, own: ReportedDeclaration | undefined): boolean {
  return own?.active === true && state === 'commanded';
}

/** A device may have another update pending: one that its user chose, or that another server wants. */
function isAboutOurs(update: Update, { declarationId, pendingVersion }: DeclaredStatus): boolean {
  if (declarationId !== undefined) return declarationId === update.productKey;
  return pendingVersion === undefined || pendingVersion === update.targetVersion;
}

function isRefused({ active, valid, reasons }: ReportedDeclaration): boolean {
  return valid === 'invalid' || (!active && reasons.length > 0);
}

function wordsOf({ reasons }: ReportedDeclaration): string {
  const words = reasons.map(({ code, description }) => (description === undefined ? code : `${code}: ${description}`));
  return words.length === 0 ? 'not valid' : words.join('; ');
}

function failed({ failure }: DeclaredStatus): Happening {
  const words = failure?.reason ?? '';
  const reason = FAILURES.find(([about]) => about.test(words))?.[1] ?? 'enforcement-failing';
  const times = failure === undefined ? '' : `, ${failure.count} times so far`;
  return { trigger: 'declared-failed', reason, detail: `${words === '' ? 'no reason given' : words}${times}` };
}

const NO_FAILURE: ReadonlySet<string> = new Set(['waiting-for-its-time', 'past-recall']);

/** The time has passed, with the hours given after it. What the device failed at says more than that. */
export function overdue({ reason }: Pick<Update, 'reason'>): Happening {
  const isFailing = reason !== null && !NO_FAILURE.has(reason);
  return { trigger: 'overdue', reason: isFailing ? reason : 'not-enforced' };
}
