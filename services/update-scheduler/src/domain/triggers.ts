import { classifyErrorChain } from '@lamplighter/apple';
import { type commandEnded, isReason, type ItemOf, type Observation } from '@lamplighter/contracts';
import { readDeclared } from './declared.ts';
import type { Happening, Trigger } from './happening.ts';
import { isMajorStep } from './order.ts';
import { chooseProduct, type Product } from './product-choice.ts';
import { hasReached, type Running } from './target.ts';
import type { Update } from './update.ts';

const ERRORS: Readonly<Record<string, Trigger>> = {
  'unsupported-command': 'error-unsupported',
  'invalid-request-type': 'error-not-eligible',
  'not-supervised': 'error-not-eligible',
  'requires-automated-enrollment': 'error-not-eligible',
  'no-update-available': 'error-no-update',
  'download-in-progress': 'error-downloading',
  'download-complete': 'error-downloaded',
  'install-in-progress': 'error-installing',
  superseded: 'error-superseded',
  benign: 'error-benign',
  'unreadable-answer': 'unreadable',
  // What may pass within the window.
  'insufficient-power': 'error-busy',
  'insufficient-network': 'error-busy',
  'phone-call-in-progress': 'error-busy',
  'download-failed': 'error-once-more',
  'install-requires-download': 'error-not-downloaded',
};

/** From UpdateResults: what is no failure, and the reasons of those that are. Unknown words count as accepted. */
const RESULTS: Readonly<Record<string, Trigger>> = {
  Downloading: 'result-downloading',
  Installing: 'result-installing',
};
const FAILED_RESULTS: Readonly<Record<string, string>> = {
  DownloadFailed: 'download-failed',
  DownloadRequiresComputer: 'download-requires-computer',
  DownloadInsufficientSpace: 'insufficient-space',
  DownloadInsufficientPower: 'insufficient-power',
  DownloadInsufficientNetwork: 'insufficient-network',
  InstallInsufficientSpace: 'insufficient-space',
  InstallInsufficientPower: 'insufficient-power',
  InstallPhoneCallInProgress: 'phone-call-in-progress',
  InstallFailed: 'install-failed',
};

/** A command ended without its device's answer: as in `command.ended`. */
export type CommandEnd = { kind: 'ended' } & Pick<
  ItemOf<typeof commandEnded>,
  'outcome' | 'reason' | 'detail' | 'handedOver' | 'notNowCount'
>;

/** What the end of the outstanding command means. */
export function readEnd(update: Update, end: CommandEnd): Happening {
  const { outcome, detail, handedOver } = end;
  switch (outcome) {
    case 'voided':
      if (detail === 'CheckOut') return { trigger: 'left' };
      return { trigger: handedOver ? 'voided-in-hand' : 'voided-unseen' };
    case 'refused':
      return readRefusal(end);
    case 'cancelled':
    case 'superseded':
    case 'revoked':
      return { trigger: outcome };
    default:
      return readExpiry(update, end);
  }
}

function readRefusal({ reason, detail }: CommandEnd): Happening {
  if (reason === 'unrecognized') return { trigger: 'left' };
  // Another MDM server gives its own name as the reason.
  const known = reason !== undefined && isReason(reason) ? reason : 'refused-by-server';
  return { trigger: 'refused', reason: known, ...(detail === undefined ? {} : { detail }) };
}

function readExpiry({ step, platform }: Update, { handedOver, notNowCount }: CommandEnd): Happening {
  if (handedOver) return { trigger: 'expired-in-hand' };
  if (notNowCount > 0) return { trigger: 'expired-busy', detail: `NotNow ${notNowCount} times` };
  // Nothing was asked before it: the device was not there at all.
  const isFirst = step === 'scan' || (step === 'list' && platform !== 'macOS');
  return { trigger: isFirst ? 'expired-no-contact' : 'expired-unseen' };
}

/**
 * What an observation means for this update.
 * @param at when the device said it
 */
export function readObservation(update: Update, observation: Observation, at: Date): Happening {
  switch (observation.kind) {
    case 'scan':
      return { trigger: observation.initiated ? 'scanned' : 'scan-refused' };
    case 'available-updates':
      return readList(update, observation.products, at);
    case 'schedule-result':
      return readResult(ofProduct(observation.results, update.productKey));
    case 'update-status':
      return readStatus(ofProduct(observation.updates, update.productKey), at);
    case 'facts':
      return readFacts(update, observation);
    case 'error':
      return readError(observation.class, observation.explanation);
    case 'declared-status':
      return readDeclared(update, observation);
    case 'not-now':
      return { trigger: 'not-now', detail: `NotNow number ${observation.count} to this command` };
    default:
      return { trigger: 'unreadable' };
  }
}

function readList(update: Update, products: readonly Product[], at: Date): Happening {
  const { targetVersion: version, targetBuild: build } = update;
  const isMinor = update.fromVersion !== null && !isMajorStep(update);
  const choice = chooseProduct(products, { version, build, isMinor });
  const trigger = `list-${choice.kind}` as const;
  if (!('keys' in choice)) return { trigger };
  const chosen = products.find((product) => product.productKey === choice.keys[0]);
  const until = choice.kind === 'target' ? chosen?.deferredUntil : undefined;
  // A deferral hides an update from users; a command is taken all the same, or its refusal has this reason.
  const deferred = until !== undefined && Date.parse(until) > at.getTime();
  const why = { reason: 'update-deferred', detail: `deferred on the device until ${until}` };
  return { trigger, productKeys: choice.keys, ...(deferred ? why : {}) };
}

/** That of our product; the first where none names it. */
function ofProduct<T extends { productKey?: string | undefined }>(
  all: readonly T[],
  key: string | null,
): T | undefined {
  return all.find((one) => one.productKey === key) ?? all[0];
}

function readError(errorClass: string, explanation: string): Happening {
  return { trigger: ERRORS[errorClass] ?? 'error-failed', reason: errorClass, detail: explanation };
}

type Result = Extract<Observation, { kind: 'schedule-result' }>['results'][number];
function readResult(result: Result | undefined): Happening {
  if (result === undefined) return { trigger: 'result-accepted' };
  const failed = FAILED_RESULTS[result.status ?? ''];
  if (failed !== undefined) return readError(failed, `reported ${result.status}`);
  if (result.installAction === 'Error' || (result.errorChain?.length ?? 0) > 0) {
    const { class: errorClass, explanation } = classifyErrorChain(result.errorChain ?? []);
    return readError(errorClass, explanation);
  }
  return { trigger: RESULTS[result.status ?? ''] ?? 'result-accepted' };
}

type Status = Extract<Observation, { kind: 'update-status' }>['updates'][number];
function readStatus(status: Status | undefined, at: Date): Happening {
  if (status === undefined) return { trigger: 'status-empty' };
  if (status.status === 'Installing') return { trigger: 'status-installing' };
  const postponed = postponement(status, at);
  if (postponed !== undefined) return { trigger: 'status-postponed', detail: postponed };
  if (status.isDownloaded === true) return { trigger: 'status-downloaded' };
  const share = status.downloadPercentComplete;
  const detail = share === undefined ? {} : { detail: `${Math.round(share * 100)} % downloaded` };
  return { trigger: status.status === 'Downloading' ? 'status-downloading' : 'status-idle', ...detail };
}

/** From macOS 12.3 on a device tells that its user has chosen another time, in words for people. Undefined where none has. */
function postponement(
  { nextScheduledInstall, deferralsRemaining, maxDeferrals }: Status,
  at: Date,
): string | undefined {
  const left = deferralsRemaining === undefined ? '' : `, ${deferralsRemaining} deferrals left`;
  if (nextScheduledInstall !== undefined) {
    return Date.parse(nextScheduledInstall) > at.getTime() ? `until ${nextScheduledInstall}${left}` : undefined;
  }
  const isDeferred =
    deferralsRemaining !== undefined && maxDeferrals !== undefined && deferralsRemaining < maxDeferrals;
  return isDeferred ? `${deferralsRemaining} of ${maxDeferrals} deferrals left` : undefined;
}

function readFacts(update: Update, running: Running): Happening {
  const reached = hasReached(update, running);
  if (reached === undefined) return { trigger: 'no-version' };
  return { trigger: reached ? 'at-target' : 'below-target', detail: `runs ${running.osVersion}` };
}
