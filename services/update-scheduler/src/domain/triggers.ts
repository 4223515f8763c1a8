import { classifyErrorChain, osVersionKey } from '@lamplighter/apple';
import type { commandEnded, ItemOf, Observation } from '@lamplighter/contracts';
import { chooseProduct, type Product } from './product-choice.ts';
import type { Update } from './update.ts';

/** What happened, as far as the transition table tells things apart. */
export const TRIGGERS = [
  'scanned',
  'scan-refused',
  'list-target',
  'list-config-data',
  'list-empty',
  'list-other',
  'result-accepted',
  'result-downloading',
  'result-installing',
  'status-downloading',
  'status-downloaded',
  'status-installing',
  'status-idle',
  'status-empty',
  'at-target',
  'below-target',
  'no-version',
  'error-downloading',
  'error-downloaded',
  'error-installing',
  'error-no-update',
  'error-unsupported',
  'error-not-eligible',
  'error-superseded',
  'error-benign',
  'error-failed',
  'not-now',
  'unreadable',
  'expired-unseen',
  'expired-in-hand',
  'voided-unseen',
  'voided-in-hand',
  'refused',
  'cancelled',
  'superseded',
  'left',
] as const;
export type Trigger = (typeof TRIGGERS)[number];

export interface Happening {
  trigger: Trigger;
  /** Takes the place of the rule's reason where the device said more. */
  reason?: string;
  /** The device's own words, for people. */
  detail?: string;
  productKeys?: string[];
}

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
  'outcome' | 'reason' | 'detail' | 'handedOver'
>;

/** What the end of the outstanding command means. */
export function readEnd({ outcome, reason, detail, handedOver }: CommandEnd): Happening {
  switch (outcome) {
    case 'voided':
      if (detail === 'CheckOut') return { trigger: 'left' };
      return { trigger: handedOver ? 'voided-in-hand' : 'voided-unseen' };
    case 'refused':
      if (reason === 'unrecognized') return { trigger: 'left' };
      return { trigger: 'refused', reason: reason ?? 'refused', ...(detail === undefined ? {} : { detail }) };
    case 'cancelled':
    case 'superseded':
      return { trigger: outcome };
    default:
      return { trigger: handedOver ? 'expired-in-hand' : 'expired-unseen' };
  }
}

/** What an observation means for this update. */
export function readObservation(update: Update, observation: Observation): Happening {
  switch (observation.kind) {
    case 'scan':
      return { trigger: observation.initiated ? 'scanned' : 'scan-refused' };
    case 'available-updates':
      return readList(update, observation.products);
    case 'schedule-result':
      return readResult(ofProduct(observation.results, update.productKey));
    case 'update-status':
      return readStatus(ofProduct(observation.updates, update.productKey));
    case 'facts':
      return readFacts(update, observation.osVersion);
    case 'error':
      return readError(observation.class, observation.explanation);
    case 'not-now':
      return { trigger: 'not-now', detail: `NotNow number ${observation.count} to this command` };
    default:
      return { trigger: 'unreadable' };
  }
}

function readList(update: Update, products: readonly Product[]): Happening {
  const choice = chooseProduct(products, { version: update.targetVersion, build: update.targetBuild });
  const trigger = `list-${choice.kind}` as const;
  return 'keys' in choice ? { trigger, productKeys: choice.keys } : { trigger };
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
  if (failed !== undefined) return { trigger: 'error-failed', reason: failed, detail: `reported ${result.status}` };
  if (result.installAction === 'Error' || (result.errorChain?.length ?? 0) > 0) {
    const { class: errorClass, explanation } = classifyErrorChain(result.errorChain ?? []);
    return readError(errorClass, explanation);
  }
  return { trigger: RESULTS[result.status ?? ''] ?? 'result-accepted' };
}

type Status = Extract<Observation, { kind: 'update-status' }>['updates'][number];
function readStatus(status: Status | undefined): Happening {
  if (status === undefined) return { trigger: 'status-empty' };
  if (status.status === 'Installing') return { trigger: 'status-installing' };
  if (status.isDownloaded === true) return { trigger: 'status-downloaded' };
  if (status.status !== 'Downloading') return { trigger: 'status-idle' };
  const share = status.downloadPercentComplete;
  return {
    trigger: 'status-downloading',
    ...(share === undefined ? {} : { detail: `${Math.round(share * 100)} % downloaded` }),
  };
}

function readFacts(update: Update, osVersion: string | undefined): Happening {
  const now = osVersion === undefined ? -1 : osVersionKey(osVersion);
  if (now < 0 || update.targetVersion === '') return { trigger: 'no-version' };
  const detail = `runs ${osVersion}`;
  return now >= osVersionKey(update.targetVersion)
    ? { trigger: 'at-target', detail }
    : { trigger: 'below-target', detail };
}
