import {
  availableOsUpdates,
  type Command,
  compareOsVersions,
  deviceInformation,
  type InstallAction,
  installActionsOf,
  majorOf,
  osUpdateStatus,
  plistDictFragment,
  scheduleOsUpdate,
  scheduleOsUpdateScan,
} from '@lamplighter/apple';
import { type CommandBody, derivedUuid, type Platform, type PolicySpec } from '@lamplighter/contracts';
import type { Step, Update } from './update.ts';

type Scheduled = Pick<Update, 'platform' | 'fromVersion' | 'targetVersion'>;

/** The step's command, as the body that all devices of the same step and product share. */
export function bodyFor(
  step: Exclude<Step, ''>,
  update: Scheduled,
  installAction: PolicySpec['installAction'],
  productKeys: readonly string[],
): CommandBody {
  return bodyOf(commandFor(step, update, installAction, productKeys));
}

function commandFor(
  step: Exclude<Step, ''>,
  update: Scheduled,
  wanted: PolicySpec['installAction'],
  productKeys: readonly string[],
): Command {
  switch (step) {
    case 'scan':
    case 'rescan':
      return scheduleOsUpdateScan({ force: true });
    case 'list':
    case 'list-again':
    case 'relist':
      return availableOsUpdates();
    case 'download-status':
    case 'status':
      return osUpdateStatus();
    case 'schedule-config':
      return scheduleOsUpdate({
        updates: productKeys.map((productKey) => ({ productKey, installAction: 'InstallASAP' })),
      });
    case 'download':
    case 'install':
    case 'install-fallback':
      return schedule(update, actionFor(step, update, wanted), productKeys);
    default:
      return deviceInformation();
  }
}

function schedule(update: Scheduled, installAction: InstallAction, productKeys: readonly string[]): Command {
  const [productKey] = productKeys;
  const byVersion = productKey === undefined || takesProductVersion(update.platform, update.fromVersion);
  return scheduleOsUpdate({
    updates: [
      {
        ...(productKey === undefined ? {} : { productKey }),
        ...(byVersion ? { productVersion: update.targetVersion } : {}),
        installAction,
      },
    ],
  });
}

const PRODUCT_VERSION_SINCE: Partial<Record<Platform, string>> = {
  macOS: '12.0',
  iOS: '11.3',
  iPadOS: '13.0',
  tvOS: '12.2',
};
function takesProductVersion(platform: Platform, version: string | null): boolean {
  const since = PRODUCT_VERSION_SINCE[platform];
  return since !== undefined && version !== null && compareOsVersions(version, since) >= 0;
}

/** The policy's wish, as far as the platform and the size of the step allow. DownloadOnly is never turned into an installation. */
export function actionFor(
  step: 'download' | 'install' | 'install-fallback',
  update: Scheduled,
  wanted: PolicySpec['installAction'],
): InstallAction {
  if (wanted === 'DownloadOnly') return 'DownloadOnly';
  if (step === 'download') return 'Default';
  const first = firstAction(update, wanted);
  if (step === 'install') return first;
  return first === 'InstallASAP' ? 'Default' : 'InstallASAP';
}

function firstAction(update: Scheduled, wanted: InstallAction): InstallAction {
  const isMajor = update.fromVersion !== null && majorOf(update.fromVersion) < majorOf(update.targetVersion);
  // Apple: major updates of macOS take InstallASAP only.
  if (update.platform === 'macOS' && isMajor) return 'InstallASAP';
  return update.fromVersion !== null && installActionsOf(update.platform, update.fromVersion).includes(wanted)
    ? wanted
    : 'InstallASAP';
}

const bodies = new Map<string, CommandBody>();
const KEPT = 2_000;

/** Rollouts use few different bodies many times over, and building one costs more than all else of a move. */
function bodyOf(command: Command): CommandBody {
  const key = JSON.stringify(command);
  const kept = bodies.get(key);
  if (kept) return kept;
  const xml = plistDictFragment(command);
  const body = { bodyId: derivedUuid('command-body', xml), requestType: command.RequestType, command: xml };
  if (bodies.size >= KEPT) bodies.clear();
  bodies.set(key, body);
  return body;
}
