import { compareOsVersions, isOsVersion, majorOf } from '@lamplighter/apple';
import type { DeviceRelease } from '@lamplighter/contracts';

/** A release that the catalogue lists for the device's model. */
export interface ModelRelease {
  version: string;
  versionExtra: string;
  build: string;
  name: string | null;
  postedAt: string;
  expiresAt: string | null;
  enforceable: boolean;
  productKey: string | null;
}

/** An entry of the device's own list. Of a Mac's full installer `version` may be a build. */
export interface OwnUpdate {
  productKey: string;
  version: string | null;
  build: string | null;
  name: string | null;
  isConfigData: boolean;
  isMajor: boolean;
  isSecurityResponse: boolean;
  downloadBytes: number | null;
  installBytes: number | null;
  deferredUntil: Date | null;
  restartRequired: boolean | null;
  allowsInstallLater: boolean | null;
  isCritical: boolean | null;
  requiresBootstrapToken: boolean | null;
  supplementalBuild: string | null;
  supplementalExtra: string | null;
}

/** The catalogue's releases beside the device's own list: what both have is one entry. Newest first. */
export function releasesFor(
  osVersion: string | null,
  catalogue: readonly ModelRelease[],
  own: readonly OwnUpdate[],
): DeviceRelease[] {
  const taken = new Set<ModelRelease>();
  const offered = own.map((update) => {
    const release = catalogue.find((one) => !taken.has(one) && isSame(update, one));
    if (release !== undefined) taken.add(release);
    return entryOf(osVersion, release, update);
  });
  const rest = catalogue.filter((one) => !taken.has(one)).map((one) => entryOf(osVersion, one, undefined));
  return [...offered, ...rest].toSorted(
    (a, b) =>
      compareOsVersions(b.version ?? '', a.version ?? '') ||
      (b.versionExtra < a.versionExtra ? -1 : Number(b.versionExtra > a.versionExtra)) ||
      RANK[a.listedBy] - RANK[b.listedBy],
  );
}

const RANK = { both: 0, device: 1, catalogue: 2 };

/** By build where the device names one in whatever way, else by version. */
function isSame(update: OwnUpdate, release: ModelRelease): boolean {
  if (update.isConfigData) return false;
  const builds = buildsOf(update);
  if (builds.length > 0) return builds.includes(release.build);
  if (update.version === null || !isOsVersion(update.version)) return false;
  const extra = update.supplementalExtra ?? '';
  if (update.isSecurityResponse !== (release.versionExtra !== '') || (extra !== '' && extra !== release.versionExtra))
    return false;
  return compareOsVersions(update.version, release.version) === 0;
}

/** `iOSUpdate17A576`, `_OSX_18A391`, `MSU_UPDATE_24G231_patch_15.7.1_minor`. */
const BUILD_IN_KEY = /(?:^iOSUpdate|^_OSX_|^MSU_UPDATE_)(\d{2}[A-Z]\d{1,6}[a-z]?)(?![0-9A-Za-z])/;

function buildsOf({ productKey, version, build, supplementalBuild }: OwnUpdate): string[] {
  const inVersion = version !== null && /^\d{2}[A-Z]\w+$/.test(version) ? version : null;
  const inKey = BUILD_IN_KEY.exec(productKey)?.[1] ?? null;
  return [supplementalBuild, build, inVersion, inKey].filter((one) => one !== null);
}

const UNLISTED: Omit<DeviceRelease, 'isConfigData' | 'isMajor' | 'isSecurityResponse' | 'listedBy' | 'newer'> = {
  version: null,
  versionExtra: '',
  build: null,
  name: null,
  postedAt: null,
  expiresAt: null,
  enforceable: false,
  productKey: null,
  deferredUntil: null,
  downloadBytes: null,
  installBytes: null,
  restartRequired: null,
  allowsInstallLater: null,
  isCritical: null,
  requiresBootstrapToken: null,
};

const NOT_OFFERED = { isConfigData: false, isMajor: false, isSecurityResponse: false };

/** The catalogue's word on what a release is, the device's on what it would mean for it. */
function entryOf(
  osVersion: string | null,
  release: ModelRelease | undefined,
  update: OwnUpdate | undefined,
): DeviceRelease {
  const listed = release === undefined ? update && ownRelease(update) : wordsOf(release);
  const { version, versionExtra } = listed ?? UNLISTED;
  const { isConfigData, isMajor, isSecurityResponse } = update ?? NOT_OFFERED;
  const isResponse = isSecurityResponse || versionExtra !== '';
  return {
    ...UNLISTED,
    ...listed,
    ...(update && ownWords(update, release)),
    listedBy: listedBy(release, update),
    newer: isNewer(osVersion, version, isResponse, isConfigData),
    isMajor: isMajor || isOtherMajor(osVersion, release?.version),
    isSecurityResponse: isResponse,
    isConfigData,
  };
}

function listedBy(release: ModelRelease | undefined, update: OwnUpdate | undefined): DeviceRelease['listedBy'] {
  if (release === undefined) return 'device';
  return update === undefined ? 'catalogue' : 'both';
}

function wordsOf(release: ModelRelease) {
  const { version, versionExtra, build, name, postedAt, expiresAt, enforceable, productKey } = release;
  return { version, versionExtra, build, name, postedAt, expiresAt, enforceable, productKey };
}

function ownRelease({ version, build, supplementalBuild, supplementalExtra }: OwnUpdate) {
  return { version, build: supplementalBuild ?? build, versionExtra: supplementalExtra ?? '' };
}

function ownWords(update: OwnUpdate, release: ModelRelease | undefined) {
  const { downloadBytes, installBytes, restartRequired, allowsInstallLater, isCritical, requiresBootstrapToken } =
    update;
  return {
    name: update.name ?? release?.name ?? null,
    productKey: update.productKey,
    deferredUntil: update.deferredUntil?.toISOString() ?? null,
    downloadBytes,
    installBytes,
    restartRequired,
    allowsInstallLater,
    isCritical,
    requiresBootstrapToken,
  };
}

function isNewer(
  osVersion: string | null,
  version: string | null,
  isSecurityResponse: boolean,
  isConfigData: boolean,
): boolean | null {
  if (osVersion === null || version === null || isConfigData || !isOsVersion(version)) return null;
  const difference = compareOsVersions(version, osVersion);
  return difference > 0 || (isSecurityResponse && difference === 0);
}

function isOtherMajor(osVersion: string | null, version: string | undefined): boolean {
  return osVersion !== null && version !== undefined && majorOf(version) > majorOf(osVersion);
}
