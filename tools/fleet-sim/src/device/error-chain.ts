export interface ErrorChainItem {
  readonly ErrorCode: number;
  readonly ErrorDomain: string;
  readonly LocalizedDescription: string;
  readonly USEnglishDescription: string;
}

const MDM: Readonly<Record<number, string>> = {
  12008: 'Unsupported InstallAction for this ProductKey',
  12021: 'The request type is not valid',
  12048: 'There is no update',
  12049: 'The passcode must be cleared',
  12051: 'A download is in progress',
  12052: 'The download is complete',
  12054: 'Not enough space to download',
  12056: 'The network is insufficient to download',
  12057: 'The download failed',
  12058: 'An install is in progress',
  12059: 'Install requires a download first',
  12060: 'Not enough space to install',
  12061: 'Not enough power to install',
  12062: 'The install failed',
  12063: 'The user rejected the update',
  12077: 'Not possible while a user is logged in',
  12078: 'The device is in Lost Mode',
};

const item = (ErrorCode: number, ErrorDomain: string, text: string): ErrorChainItem => ({
  ErrorCode,
  ErrorDomain,
  LocalizedDescription: text,
  USEnglishDescription: text,
});

export const mdmError = (code: number): ErrorChainItem[] => [item(code, 'MCMDMErrorDomain', MDM[code] ?? 'Unknown')];

/** While a declaration enforces an update, commands about updates change nothing. */
export const enforcedError = (): ErrorChainItem[] => [
  item(12008, 'MCMDMErrorDomain', 'A declarative software update enforcement is active; the command was ignored'),
];

/** What a device without any update says instead of an empty list. */
export const noUpdateError = (): ErrorChainItem[] => [
  item(2213, 'DeviceManagement.error', 'The update could not be found'),
  item(3, 'com.apple.softwareupdateservices.errors', 'No update is available'),
];

export const bootstrapTokenError = (): ErrorChainItem[] => [
  item(7507, 'SUMacControllerError', 'The bootstrap token is not escrowed'),
];

export const enrollmentError = (): ErrorChainItem[] => [
  item(74, 'MDMClientError', 'The command requires enrollment by Automated Device Enrollment'),
];

const MAC_ERRORS: readonly ErrorChainItem[][] = [
  mdmError(12057),
  mdmError(12062),
  mdmError(12077),
  enrollmentError(),
  bootstrapTokenError(),
];
const MOBILE_ERRORS: readonly ErrorChainItem[][] = [12049, 12056, 12057, 12062, 12063, 12078].map(mdmError);

export const scheduleErrors = (isMac: boolean): readonly ErrorChainItem[][] => (isMac ? MAC_ERRORS : MOBILE_ERRORS);
