import { mdmUpdateCommandsSupported } from '@lamplighter/apple';
import { between, seededRandom } from '../random.ts';
import { advance } from './advance.ts';
import { isMajorUpdate, supportsDeclarations } from './catalog.ts';
import type { Answer, Command } from './command.ts';
import type { Release } from './catalog.ts';
import { deviceInformation } from './device-information.ts';
import type { Device, World } from './device.ts';
import { enable } from './ddm/enable.ts';
import { enforcedError, mdmError, noUpdateError } from './error-chain.ts';
import { availableUpdates, downloaded, downloadSize, productKey } from './os-update.ts';
import { afterSchedule, quirk, sizeAsTold } from './quirks.ts';
import { scheduleUpdate } from './schedule-update.ts';

export type { Answer, Command } from './command.ts';

const acknowledged = (fields: Record<string, unknown> = {}): Answer => ({ Status: 'Acknowledged', ...fields });
const failed = (ErrorChain: unknown): Answer => ({ Status: 'Error', ErrorChain });

const DELAYABLE = new Set(['ScheduleOSUpdateScan', 'AvailableOSUpdates', 'ScheduleOSUpdate']);
/** Gone with OS 27. */
const REMOVED = new Set([...DELAYABLE, 'OSUpdateStatus']);

function offer(device: Device, release: Release): Record<string, unknown> {
  const { platform } = device.model;
  const isMac = platform === 'macOS';
  const major = isMajorUpdate(device.version, release.version);
  const size = downloadSize(device, release);
  return {
    ProductKey: productKey(device, release),
    HumanReadableName: `${platform} ${release.version}`,
    // Macs give the build as the version of some full installers.
    Version: isMac && major && device.index % 4 === 0 ? release.build : release.version,
    Build: release.build,
    IsCritical: false,
    RestartRequired: true,
    AllowsInstallLater: !major,
    DownloadSize: sizeAsTold(device, release.version, size),
    ...(isMac
      ? {
          HumanReadableNameLocale: 'en-US',
          AppIdentifiersToClose: [],
          IsConfigDataUpdate: false,
          IsFirmwareUpdate: false,
          IsMajorOSUpdate: major,
          RequiresBootstrapToken: !device.model.productName.startsWith('MacBookPro15'),
        }
      : { ProductName: platform === 'tvOS' ? 'Apple TVOS' : 'iOS', InstallSize: Math.round(size * 1.4) }),
  };
}

function scan(device: Device, world: World): Answer {
  if (device.model.platform !== 'macOS') return failed(mdmError(12021));
  const random = seededRandom(world.seed, 'scan', device.index, device.scheduled.length);
  const now = world.now();
  // A scan while one runs does not begin anew.
  if (!(device.scannedAt > now && device.scannedAt < Infinity)) {
    device.scannedAt = now + between(random, ...world.mix.settings.scanMs);
  }
  return acknowledged({ ScanInitiated: true });
}

function available(device: Device, world: World): Answer {
  const offers = availableUpdates(device, world).map((release) => offer(device, release));
  const isMac = device.model.platform === 'macOS';
  if (offers.length === 0 && !isMac && device.index % 2 === 1) return failed(noUpdateError());
  return acknowledged({ AvailableOSUpdates: offers });
}

function status(device: Device, world: World): Answer {
  const { update } = device;
  if (!update) return acknowledged({ OSUpdateStatus: [] });
  const share = update.state === 'downloading' ? downloaded(update, world.now()) : 1;
  const item = {
    ProductKey: update.productKey,
    IsDownloaded: update.state !== 'downloading',
    DownloadPercentComplete: share,
    Status: { downloading: 'Downloading', downloaded: 'Idle', installing: 'Installing', restarting: 'Installing' }[
      update.state
    ],
  };
  return acknowledged({ OSUpdateStatus: [item] });
}

function schedule(device: Device, world: World, command: Command): Answer {
  const repeat = device.scheduled.find(({ commandUuid, answer }) => commandUuid === command.uuid && answer);
  if (repeat) return repeat.answer!;
  const { askedAt, uuid: commandUuid } = command;
  const done = device.ddm?.enforcement ? ignored() : scheduleUpdate(device, world, command.fields['Updates']);
  device.scheduled.push({ commandUuid, askedAt, at: world.now(), ...done });
  afterSchedule(device, world);
  return done.answer;
}

const ignored = (): ReturnType<typeof scheduleUpdate> => ({
  outcome: 'error',
  action: '',
  productKey: '',
  answer: { Status: 'Error', ErrorChain: enforcedError() },
});

function manage(device: Device, world: World, { fields }: Command): Answer {
  if (!supportsDeclarations(device.model.platform, device.version)) return failed(mdmError(12021));
  device.ddm = enable(device, world, { ddm: device.ddm, channel: 'device' }, fields['Data']);
  return acknowledged();
}

const ANSWERS: Readonly<Record<string, (device: Device, world: World, command: Command) => Answer>> = {
  DeviceInformation: (device, _world, { fields }) =>
    acknowledged({ QueryResponses: deviceInformation(device, fields['Queries']) }),
  SecurityInfo: (device) =>
    acknowledged({
      SecurityInfo: {
        ManagementStatus: { EnrolledViaDEP: true, UserApprovedEnrollment: true, IsUserEnrollment: false },
        ...(device.model.platform === 'macOS' ? { BootstrapTokenRequiredForSoftwareUpdate: true } : {}),
      },
    }),
  ScheduleOSUpdateScan: scan,
  AvailableOSUpdates: available,
  ScheduleOSUpdate: schedule,
  OSUpdateStatus: status,
  DeclarativeManagement: manage,
};

function removed(device: Device, world: World, { requestType, uuid, askedAt }: Command): Answer {
  const answer = failed(mdmError(12021));
  if (requestType === 'ScheduleOSUpdate') {
    const why = { outcome: 'refused' as const, action: '', productKey: '', answer };
    device.scheduled.push({ commandUuid: uuid, askedAt, at: world.now(), ...why });
  }
  return answer;
}

function notNow(device: Device, command: Command, now: number): boolean {
  if (device.behaviour !== 'notNow' || device.strikes <= 0 || !DELAYABLE.has(command.requestType)) return false;
  device.strikes -= 1;
  if (command.requestType === 'ScheduleOSUpdate') {
    const { uuid: commandUuid, askedAt } = command;
    device.scheduled.push({ commandUuid, askedAt, at: now, action: '', productKey: '', outcome: 'notNow' });
  }
  return true;
}

/** Executes a command on the device and returns its answer. A ScheduleOSUpdate that it has answered is not done twice. */
export function answerCommand(device: Device, world: World, command: Command): Answer {
  advance(device, world);
  if (REMOVED.has(command.requestType) && !mdmUpdateCommandsSupported(device.model.platform, device.version)) {
    return removed(device, world, command);
  }
  if (notNow(device, command, world.now())) return { Status: 'NotNow' };
  const odd = quirk(device, world, command);
  if (odd) return odd;
  const answer = Object.hasOwn(ANSWERS, command.requestType) ? ANSWERS[command.requestType] : undefined;
  return answer ? answer(device, world, command) : failed(mdmError(12021));
}

/** Executes a command on the channel of the device's user, which knows declarative management alone. */
export function answerUserCommand(device: Device, world: World, { requestType, fields }: Command): Answer {
  const isKnown =
    requestType === 'DeclarativeManagement' && supportsDeclarations(device.model.platform, device.version);
  if (!device.user || !isKnown) return failed(mdmError(12021));
  device.user.ddm = enable(device, world, { ddm: device.user.ddm, channel: 'user' }, fields['Data']);
  return acknowledged();
}
