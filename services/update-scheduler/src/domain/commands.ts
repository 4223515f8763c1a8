import {
  availableOsUpdates,
  type Command,
  compareOsVersions,
  deviceInformation,
  osUpdateStatus,
  plistDictFragment,
  scheduleOsUpdate,
  scheduleOsUpdateScan,
} from '@lamplighter/apple';
import { type CommandBody, derivedUuid, type Platform } from '@lamplighter/contracts';
import type { Order } from './order.ts';
import type { Step, Update } from './update.ts';

type Scheduled = Pick<Update, 'platform' | 'fromVersion' | 'targetVersion'>;

/**
 * The step's command, as the body that all devices of the same step and product share.
 * @param order of the steps that tell the device to download or to install
 */
export function bodyFor(
  step: Exclude<Step, ''>,
  update: Scheduled,
  productKeys: readonly string[],
  order?: Order,
): CommandBody {
  return bodyOf(order ? schedule(update, order, productKeys) : questionOf(step, productKeys));
}

/** The first question to a device. */
export function firstBody(step: 'scan' | 'list'): CommandBody {
  return bodyOf(questionOf(step, []));
}

function questionOf(step: Exclude<Step, ''>, productKeys: readonly string[]): Command {
  switch (step) {
    case 'scan':
    case 'rescan':
      return scheduleOsUpdateScan({ force: true });
    case 'list':
    case 'list-again':
    case 'relist':
      return availableOsUpdates();
    case 'ask-first':
    case 'download-status':
    case 'status':
      return osUpdateStatus();
    case 'schedule-config':
      return scheduleOsUpdate({
        updates: productKeys.map((productKey) => ({ productKey, installAction: 'InstallASAP' })),
      });
    default:
      return deviceInformation();
  }
}

function schedule(update: Scheduled, order: Order, productKeys: readonly string[]): Command {
  const [productKey] = productKeys;
  const byVersion = productKey === undefined || takesProductVersion(update.platform, update.fromVersion);
  const { installAction, maxUserDeferrals, priority } = order;
  return scheduleOsUpdate({
    updates: [
      {
        ...(productKey === undefined ? {} : { productKey }),
        ...(byVersion ? { productVersion: update.targetVersion } : {}),
        installAction,
        ...(maxUserDeferrals === undefined ? {} : { maxUserDeferrals }),
        ...(priority === undefined ? {} : { priority }),
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
