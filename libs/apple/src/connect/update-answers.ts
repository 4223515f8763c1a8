import { dateIn, datesIn, dictsIn, flagIn, numberIn, present, textIn, textsIn } from '../fields.ts';
import type { PlistDict } from '../plist/plist-value.ts';
import { readErrorChain } from './error-chain.ts';
import type { ErrorChainItem } from './error-chain.ts';

/** One entry of AvailableOSUpdates (mdm/commands/system.update.available.yaml). Only the key is certain. */
export interface AvailableUpdate {
  readonly productKey: string;
  readonly humanReadableName?: string;
  readonly humanReadableNameLocale?: string;
  readonly productName?: string;
  /** May be a build number for the full installer of a Mac. */
  readonly version?: string;
  readonly build?: string;
  readonly supplementalBuildVersion?: string;
  readonly supplementalOSVersionExtra?: string;
  readonly downloadSizeBytes?: number;
  readonly installSizeBytes?: number;
  readonly isCritical?: boolean;
  readonly isConfigDataUpdate?: boolean;
  readonly isFirmwareUpdate?: boolean;
  readonly isMajorOSUpdate?: boolean;
  readonly isSecurityResponse?: boolean;
  readonly restartRequired?: boolean;
  readonly allowsInstallLater?: boolean;
  readonly requiresBootstrapToken?: boolean;
  readonly deferredUntil?: Date;
  readonly metadataUrl?: string;
  readonly appIdentifiersToClose?: readonly string[];
}

/** Entries without a ProductKey cannot be scheduled and are left out. Empty where there is no update. */
export function readAvailableUpdates(answer: PlistDict): AvailableUpdate[] {
  return dictsIn(answer, 'AvailableOSUpdates').flatMap((item) => {
    const productKey = textIn(item, 'ProductKey');
    return productKey ? [{ productKey, ...versionsOf(item), ...flagsOf(item), ...extrasOf(item) }] : [];
  });
}

function versionsOf(item: PlistDict) {
  return present({
    humanReadableName: textIn(item, 'HumanReadableName'),
    humanReadableNameLocale: textIn(item, 'HumanReadableNameLocale'),
    productName: textIn(item, 'ProductName'),
    version: textIn(item, 'Version'),
    build: textIn(item, 'Build'),
    supplementalBuildVersion: textIn(item, 'SupplementalBuildVersion'),
    supplementalOSVersionExtra: textIn(item, 'SupplementalOSVersionExtra'),
  });
}

function flagsOf(item: PlistDict) {
  return present({
    isCritical: flagIn(item, 'IsCritical'),
    isConfigDataUpdate: flagIn(item, 'IsConfigDataUpdate'),
    isFirmwareUpdate: flagIn(item, 'IsFirmwareUpdate'),
    isMajorOSUpdate: flagIn(item, 'IsMajorOSUpdate'),
    isSecurityResponse: flagIn(item, 'IsSecurityResponse'),
    restartRequired: flagIn(item, 'RestartRequired'),
    allowsInstallLater: flagIn(item, 'AllowsInstallLater'),
    requiresBootstrapToken: flagIn(item, 'RequiresBootstrapToken'),
  });
}

function extrasOf(item: PlistDict) {
  return present({
    downloadSizeBytes: numberIn(item, 'DownloadSize'),
    installSizeBytes: numberIn(item, 'InstallSize'),
    deferredUntil: dateIn(item, 'DeferredUntil'),
    metadataUrl: textIn(item, 'MetadataURL'),
    appIdentifiersToClose: textsIn(item, 'AppIdentifiersToClose'),
  });
}

/** One entry of UpdateResults (mdm/commands/system.update.schedule.yaml). */
export interface UpdateResult {
  readonly productKey?: string;
  /** May differ from what was asked; `Error` where scheduling failed. Unknown values stay as they are. */
  readonly installAction?: string;
  /** Idle, Downloading, DownloadFailed, …, Installing, InstallFailed; unknown values stay as they are. */
  readonly status?: string;
  readonly errorChain?: readonly ErrorChainItem[];
}

/** Empty where the device sent no UpdateResults, which it may leave out. */
export function readUpdateResults(answer: PlistDict): UpdateResult[] {
  return dictsIn(answer, 'UpdateResults').map((item) => {
    const errorChain = readErrorChain(item);
    return present({
      productKey: textIn(item, 'ProductKey'),
      installAction: textIn(item, 'InstallAction'),
      status: textIn(item, 'Status'),
      errorChain: errorChain.length > 0 ? errorChain : undefined,
    });
  });
}

/** One entry of OSUpdateStatus (mdm/commands/system.update.status.yaml). */
export interface UpdateStatus {
  readonly productKey: string;
  /** Idle, Downloading or Installing; unknown values stay as they are. */
  readonly status?: string;
  readonly isDownloaded?: boolean;
  /** 0 to 1. */
  readonly downloadPercentComplete?: number;
  readonly maxDeferrals?: number;
  readonly deferralsRemaining?: number;
  readonly nextScheduledInstall?: Date;
  readonly pastNotifications?: readonly Date[];
}

/** Empty where nothing is under way. Entries without a ProductKey are left out. */
export function readUpdateStatus(answer: PlistDict): UpdateStatus[] {
  return dictsIn(answer, 'OSUpdateStatus').flatMap((item) => {
    const productKey = textIn(item, 'ProductKey');
    if (!productKey) return [];
    const optional = present({
      status: textIn(item, 'Status'),
      isDownloaded: flagIn(item, 'IsDownloaded'),
      downloadPercentComplete: numberIn(item, 'DownloadPercentComplete'),
      maxDeferrals: numberIn(item, 'MaxDeferrals'),
      deferralsRemaining: numberIn(item, 'DeferralsRemaining'),
      nextScheduledInstall: dateIn(item, 'NextScheduledInstall'),
      pastNotifications: datesIn(item, 'PastNotifications'),
    });
    return [{ productKey, ...optional }];
  });
}

/** ScanInitiated (mdm/commands/system.update.scan.yaml); false where the key is missing. */
export function readScanInitiated(answer: PlistDict): boolean {
  return flagIn(answer, 'ScanInitiated') ?? false;
}
