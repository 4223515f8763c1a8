import type { ErrorChainItem } from '../connect/error-chain.ts';

/** `now`: try the step again; `later`: on a following poll or window; `never`: not without a change by a person. */
export type Retry = 'now' | 'later' | 'never';

export type ErrorClass =
  | 'unsupported-command'
  | 'invalid-request-type'
  | 'no-update-available'
  | 'passcode-required'
  | 'scan-failed'
  | 'download-in-progress'
  | 'download-complete'
  | 'download-requires-computer'
  | 'insufficient-space'
  | 'insufficient-power'
  | 'insufficient-network'
  | 'download-failed'
  | 'install-in-progress'
  | 'install-requires-download'
  | 'install-failed'
  | 'user-rejected'
  | 'user-logged-in'
  | 'lost-mode'
  | 'not-supervised'
  | 'requires-automated-enrollment'
  | 'bootstrap-token-missing'
  | 'superseded'
  | 'benign'
  | 'unknown';

export interface Classification {
  readonly class: ErrorClass;
  /** One sentence for an operator. */
  readonly explanation: string;
  readonly retry: Retry;
}

type Row = readonly [domain: string, code: number, errorClass: ErrorClass, retry: Retry, explanation: string];

const MDM = 'MCMDMErrorDomain';

/** Apple calls codes informational, so this is a reading of them: keep the raw chain beside the result. */
const ROWS: readonly Row[] = [
  [MDM, 12008, 'unsupported-command', 'never', 'The device does not support the command or its parameters as sent.'],
  [
    MDM,
    12021,
    'invalid-request-type',
    'never',
    'The device does not know this command; OS 27 removed the update commands.',
  ],
  [MDM, 12048, 'no-update-available', 'later', 'The device has no such update.'],
  [MDM, 12049, 'passcode-required', 'later', 'The passcode must be entered or cleared before the update can start.'],
  [MDM, 12050, 'scan-failed', 'later', 'The device could not look for updates.'],
  [MDM, 12051, 'download-in-progress', 'later', 'The update is being downloaded already.'],
  [MDM, 12052, 'download-complete', 'now', 'The update has been downloaded already.'],
  [MDM, 12053, 'download-requires-computer', 'never', 'The update must be downloaded through a computer.'],
  [MDM, 12054, 'insufficient-space', 'later', 'There is too little free space to download the update.'],
  [MDM, 12055, 'insufficient-power', 'later', 'The battery is too low to download the update.'],
  [MDM, 12056, 'insufficient-network', 'later', 'The network does not suffice to download the update.'],
  [MDM, 12057, 'download-failed', 'later', 'The download of the update failed.'],
  [MDM, 12058, 'install-in-progress', 'later', 'The update is being installed already.'],
  [MDM, 12059, 'install-requires-download', 'now', 'The update must be downloaded before it can be installed.'],
  [MDM, 12060, 'insufficient-space', 'later', 'There is too little free space to install the update.'],
  [MDM, 12061, 'insufficient-power', 'later', 'The battery is too low to install the update.'],
  [MDM, 12062, 'install-failed', 'later', 'The installation of the update failed.'],
  [MDM, 12063, 'user-rejected', 'later', 'The user declined the update.'],
  [MDM, 12077, 'user-logged-in', 'later', 'The device does not update while a user is logged in.'],
  [MDM, 12078, 'lost-mode', 'never', 'The device is in Lost Mode.'],
  [
    'MDMClientError',
    74,
    'requires-automated-enrollment',
    'never',
    'Only devices enrolled through Automated Device Enrollment take this command.',
  ],
  ['DeviceManagement.error', 2213, 'no-update-available', 'later', 'The device has no update to offer.'],
  ['com.apple.softwareupdateservices.errors', 3, 'no-update-available', 'later', 'The device has no update to offer.'],
  [
    'SUMacControllerError',
    7507,
    'bootstrap-token-missing',
    'never',
    'No bootstrap token is escrowed, which Apple silicon needs to authorise the update.',
  ],
  ['SUMacControllerError', 7301, 'no-update-available', 'later', 'The device found no such update.'],
  ['SUMacControllerError', 7509, 'benign', 'later', 'The device reports an error that does not stop the update.'],
];

/** Every class that a chain can have. */
export const ERROR_CLASSES: readonly ErrorClass[] = [
  ...new Set<ErrorClass>([...ROWS.map((row) => row[2]), 'superseded', 'not-supervised', 'unknown']),
];

const BY_CODE: ReadonlyMap<string, Row> = new Map(ROWS.map((row) => [`${row[0]}:${row[1]}`, row]));
const UNKNOWN: Classification = {
  class: 'unknown',
  explanation: 'The device reports an error that is not in the table; see its raw chain.',
  retry: 'later',
};

/** Domains arrive with and without Apple's prefix (`DeviceManagement.error`, `com.apple.DeviceManagement.error`). */
function find(link: ErrorChainItem): Row | undefined {
  const direct = BY_CODE.get(`${link.ErrorDomain}:${link.ErrorCode}`);
  return direct ?? BY_CODE.get(`${link.ErrorDomain.replace(/^com\.apple\./, '')}:${link.ErrorCode}`);
}

/** Words that say more than the code: 12008 covers everything that a device will not do. */
function fromWords(chain: readonly ErrorChainItem[]): Classification | undefined {
  const words = chain.map((link) => link.USEnglishDescription ?? link.LocalizedDescription ?? '').join(' ');
  if (/declarative|enforcement|managed by (?:a )?ddm/i.test(words)) {
    return {
      class: 'superseded',
      explanation: 'A declarative enforcement manages the update, so the device ignores the command.',
      retry: 'never',
    };
  }
  if (/not supervised|must be supervised|supervised devices? only/i.test(words)) {
    return {
      class: 'not-supervised',
      explanation: 'Only supervised devices take this command.',
      retry: 'never',
    };
  }
  // `BootstrapTokenRequiredForSoftwareUpdate` (SecurityInfo), under whatever code.
  if (/bootstrap ?token/i.test(words)) {
    return {
      class: 'bootstrap-token-missing',
      explanation: 'No bootstrap token is escrowed, which the Mac needs to authorise the update.',
      retry: 'never',
    };
  }
  return undefined;
}

/**
 * The most telling link decides: the deepest that is in the table, for the top level is often only `unsupported`.
 * An empty chain, and one with no known link, is `unknown`.
 */
export function classifyErrorChain(chain: readonly ErrorChainItem[]): Classification {
  const worded = fromWords(chain);
  if (worded) return worded;
  for (const link of chain.toReversed()) {
    const row = find(link);
    if (row) return { class: row[2], explanation: row[4], retry: row[3] };
  }
  return UNKNOWN;
}
