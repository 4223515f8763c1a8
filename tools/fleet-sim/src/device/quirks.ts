import type { Answer, Command } from './command.ts';
import { isMajorUpdate } from './catalog.ts';
import type { Device, Scheduled, World } from './device.ts';
import {
  bootstrapTokenError,
  enforcedError,
  enrollmentError,
  type ErrorChainItem,
  mdmError,
  noUpdateError,
} from './error-chain.ts';
import type { Behaviour } from './mix.ts';
import { startDownload } from './os-update.ts';
import { strikes } from './strikes.ts';

/*
 * Devices that never get through: each behaviour is one class of failure, as a real device tells it. A device misbehaves as often as
 * its strikes last, and works then.
 */

type Quirk = (device: Device, world: World, command: Command) => Answer | undefined;
type RequestType = 'ScheduleOSUpdateScan' | 'AvailableOSUpdates' | 'ScheduleOSUpdate' | 'OSUpdateStatus';

const acknowledged = (fields: Record<string, unknown>): Answer => ({ Status: 'Acknowledged', ...fields });
const failed = (ErrorChain: unknown): Answer => ({ Status: 'Error', ErrorChain });

interface Wanted {
  readonly key: string;
  readonly action: string;
}

function wantedIn({ fields }: Command): Wanted {
  const first: unknown = Array.isArray(fields['Updates']) ? fields['Updates'][0] : undefined;
  const { ProductKey, ProductVersion, InstallAction } = (first ?? {}) as Record<string, unknown>;
  return { key: String(ProductKey ?? ProductVersion ?? ''), action: String(InstallAction ?? 'Default') };
}

function told(device: Device, world: World, command: Command, outcome: Scheduled['outcome'], answer: Answer): Answer {
  const { uuid: commandUuid, askedAt } = command;
  const { key: productKey, action } = wantedIn(command);
  device.scheduled.push({ commandUuid, askedAt, at: world.now(), action, productKey, outcome, answer });
  return answer;
}

/** ScheduleOSUpdate answered by an error as a whole. */
const error =
  (chain: (device: Device) => readonly ErrorChainItem[]): Quirk =>
  (device, world, command) =>
    told(device, world, command, 'error', failed(chain(device)));

/** ScheduleOSUpdate acknowledged, with an update in it that went wrong. */
const result =
  (status: string, code: number, when: (device: Device, wanted: Wanted) => boolean = () => true): Quirk =>
  (device, world, command) => {
    const wanted = wantedIn(command);
    if (!when(device, wanted)) return undefined;
    const one = { ProductKey: wanted.key, InstallAction: 'Error', Status: status, ErrorChain: mdmError(code) };
    return told(device, world, command, 'refused', acknowledged({ UpdateResults: [one] }));
  };

const listed = (...updates: readonly Record<string, unknown>[]): Answer =>
  acknowledged({ AvailableOSUpdates: updates });
const OTHER = { ProductKey: '072-83401', HumanReadableName: 'Safari', Version: '18.0.1', RestartRequired: false };
/** "macOS Installer Notification". */
const CONFIG_KEY = '041-14451';
const CONFIG = {
  ProductKey: CONFIG_KEY,
  HumanReadableName: 'macOS Installer Notification',
  HumanReadableNameLocale: 'en',
  Version: '2.0',
  DownloadSize: 1_234_567.5,
  IsConfigDataUpdate: true,
  IsFirmwareUpdate: false,
  IsMajorOSUpdate: false,
  IsCritical: false,
  RestartRequired: false,
};

function takesConfig(device: Device, world: World, command: Command): Answer | undefined {
  if (wantedIn(command).key !== CONFIG_KEY) return undefined;
  device.installer = 'taken';
  const one = { ProductKey: CONFIG_KEY, InstallAction: 'InstallASAP', Status: 'Installing' };
  return told(device, world, command, 'config', acknowledged({ UpdateResults: [one] }));
}

function looksAgain(device: Device): undefined {
  if (device.installer === 'taken') device.installer = 'offered';
}

/** The update is accepted and does not begin. */
const asleep = (device: Device): Answer =>
  acknowledged({
    OSUpdateStatus: [
      { ProductKey: device.update!.productKey, Status: 'Idle', IsDownloaded: false, DownloadPercentComplete: 0 },
    ],
  });

const DAY_MS = 24 * 3_600_000;

const QUIRKS: Readonly<Partial<Record<Behaviour, Partial<Record<RequestType, Quirk>>>>> = {
  scanFails: { ScheduleOSUpdateScan: () => acknowledged({ ScanInitiated: false }) },
  hidesUpdates: {
    AvailableOSUpdates: (device) => (device.model.platform === 'macOS' ? listed() : failed(noUpdateError())),
  },
  offersOther: { AvailableOSUpdates: () => listed(OTHER) },
  garbled: { AvailableOSUpdates: () => acknowledged({ AvailableOSUpdates: 'yes, some' }) },
  configData: {
    ScheduleOSUpdateScan: looksAgain,
    AvailableOSUpdates: (device) => (device.installer === 'offered' ? undefined : listed(CONFIG)),
    ScheduleOSUpdate: takesConfig,
  },
  mojave: {
    ScheduleOSUpdateScan: looksAgain,
    AvailableOSUpdates: (device) => (device.installer === 'offered' ? undefined : listed(CONFIG)),
    // Until it is enrolled again, by Automated Device Enrollment.
    ScheduleOSUpdate: (device, world, command) =>
      takesConfig(device, world, command) ??
      (device.generation < 2 ? error(enrollmentError)(device, world, command) : undefined),
  },
  configDataLoop: { AvailableOSUpdates: () => listed(CONFIG), ScheduleOSUpdate: takesConfig },
  downloadFails: { ScheduleOSUpdate: result('DownloadFailed', 12057) },
  installFails: { ScheduleOSUpdate: result('InstallFailed', 12062, (device) => device.update?.state === 'downloaded') },
  onCall: {
    ScheduleOSUpdate: result('InstallPhoneCallInProgress', 12062, (device) => device.update?.state === 'downloaded'),
  },
  refusesAction: { ScheduleOSUpdate: result('Idle', 12008, (_device, { action }) => action !== 'InstallASAP') },
  refusesAll: { ScheduleOSUpdate: result('Idle', 12008) },
  noBootstrapToken: { ScheduleOSUpdate: error(bootstrapTokenError) },
  notAde: { ScheduleOSUpdate: error(enrollmentError) },
  enforced: { ScheduleOSUpdate: error(enforcedError) },
  mdmError: { ScheduleOSUpdate: error(({ errorCode }) => mdmError(errorCode)) },
};

const OF_ITS_UPDATE: Readonly<Partial<Record<Behaviour, Quirk>>> = {
  waitsForPower: asleep,
  mojave: asleep,
  postpones: (device, world) =>
    device.update?.state === 'downloaded'
      ? acknowledged({
          OSUpdateStatus: [
            {
              ProductKey: device.update.productKey,
              Status: 'Idle',
              IsDownloaded: true,
              DownloadPercentComplete: 1,
              MaxDeferrals: 3,
              DeferralsRemaining: 2,
              NextScheduledInstall: new Date(world.now() + DAY_MS),
            },
          ],
        })
      : undefined,
};

/** Their strikes are not spent on ScheduleOSUpdate. */
const LASTING: ReadonlySet<Behaviour> = new Set(['configData', 'configDataLoop', 'mojave']);
const ASLEEP: ReadonlySet<Behaviour> = new Set(['waitsForPower', 'mojave']);

/** Whether it takes an update and does nothing, for want of power. */
export const isAsleep = ({ behaviour, strikes: left }: Device): boolean => ASLEEP.has(behaviour) && left > 0;

/** What a device answers in the place of a command's own answer; undefined where it does what it is told. */
export function quirk(device: Device, world: World, command: Command): Answer | undefined {
  const type = command.requestType as RequestType;
  const before = device.scheduled.find(({ commandUuid, answer }) => commandUuid === command.uuid && answer);
  if (before) return before.answer;
  if (type === 'OSUpdateStatus' && device.update) return ofItsUpdate(device, world, command);
  const own = device.strikes > 0 ? QUIRKS[device.behaviour]?.[type] : undefined;
  const answer = own?.(device, world, command);
  if (answer && type === 'ScheduleOSUpdate' && !LASTING.has(device.behaviour)) device.strikes -= 1;
  return answer;
}

function ofItsUpdate(device: Device, world: World, command: Command): Answer | undefined {
  const own = OF_ITS_UPDATE[device.behaviour];
  if (!own || device.strikes <= 0) return undefined;
  const answer = own(device, world, command);
  if (!isAsleep(device)) return answer;
  device.strikes -= 1;
  // On power at last.
  if (device.strikes === 0) thaw(device, world);
  return answer;
}

const freeze = (device: Device): void => {
  device.update = { ...device.update!, downloadedAt: Infinity };
};
const thaw = (device: Device, world: World): void => {
  const { release, installs } = device.update!;
  startDownload(device, world, release, { installs });
};

const AFTERWARDS: Readonly<Partial<Record<Behaviour, (device: Device, world: World) => void>>> = {
  stalls: (device, world) => {
    if (strikes(device, 'stalls')) freeze(device);
    else if (device.update?.downloadedAt === Infinity) thaw(device, world);
  },
  waitsForPower: (device) => isAsleep(device) && freeze(device),
  mojave: (device) => isAsleep(device) && freeze(device),
  waitsForRestart: (device) => device.strikes > 0 && staying(device),
  postpones: (device) => device.strikes > 0 && staying(device),
};

const staying = (device: Device): void => {
  device.update = { ...device.update!, installs: false };
};

/** What becomes of a ScheduleOSUpdate that was taken. */
export function afterSchedule(device: Device, world: World): void {
  if (device.update?.state === 'downloading') AFTERWARDS[device.behaviour]?.(device, world);
}

/** Whether a downloaded update stays where it is although the device is told to install it. */
export function staysDownloaded(device: Device): boolean {
  return strikes(device, 'waitsForRestart');
}

/** A Mac gives the sizes of full installers as reals. */
export function sizeAsTold(device: Device, version: string, bytes: number): number {
  return device.model.platform === 'macOS' && isMajorUpdate(device.version, version) ? bytes + 0.5 : bytes;
}
