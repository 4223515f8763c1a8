import { compareOsVersions } from '@lamplighter/apple';
import { nameOf, serialOf } from './device.ts';
import type { Device } from './device.ts';

type Answers = Record<string, unknown>;

/** How Apple's update servers know the device. */
export const deviceIdOf = ({ model }: Device): string => model.board ?? model.productName;

/** From OS 27 on it is a status item alone. */
function tellsDeviceId({ model: { platform }, version }: Device): boolean {
  const tooOld = platform === 'macOS' && compareOsVersions(version, '12') < 0;
  return platform !== 'tvOS' && !tooOld && compareOsVersions(version, '27') < 0;
}

function supplement({ model: { platform }, version, build, supplement: own }: Device): Answers {
  const tells = platform !== 'tvOS' && compareOsVersions(version, platform === 'macOS' ? '13.0' : '16.1') >= 0;
  return tells ? { SupplementalBuildVersion: own?.build ?? build, SupplementalOSVersionExtra: own?.extra } : {};
}

function facts(device: Device): Answers {
  const { model } = device;
  const isMac = model.platform === 'macOS';
  const hasBattery = isMac ? model.modelName.startsWith('MacBook') : model.platform !== 'tvOS';
  return {
    UDID: device.udid,
    DeviceName: nameOf(device),
    OSVersion: device.version,
    BuildVersion: device.build,
    ...supplement(device),
    ModelName: model.modelName,
    Model: model.model,
    ProductName: model.productName,
    SerialNumber: serialOf(device),
    DeviceCapacity: model.capacityGb,
    AvailableDeviceCapacity: device.behaviour === 'noDisk' ? 1.5 : model.capacityGb / 2,
    IsSupervised: device.behaviour !== 'unsupervised',
    AwaitingConfiguration: false,
    SoftwareUpdateDeviceID: tellsDeviceId(device) ? deviceIdOf(device) : undefined,
    BatteryLevel: hasBattery ? 0.8 : -1,
    HasBattery: isMac ? hasBattery : undefined,
    IsAppleSilicon: isMac
      ? /^(Mac1[3-9]|Mac1[4-9]|MacBookAir10|MacBookPro1[78]|Macmini9|iMac21)/.test(model.productName)
      : undefined,
    HostName: isMac ? `mac-${device.index}.example.com` : undefined,
    LocalHostName: isMac ? `mac-${device.index}` : undefined,
    TimeZone: isMac ? undefined : device.zone,
  };
}

/** Answers exactly the queries that were asked and that this device knows. */
export function deviceInformation(device: Device, queries: unknown): Answers {
  const known = facts(device);
  const asked = Array.isArray(queries) ? queries.filter((query) => typeof query === 'string') : [];
  return Object.fromEntries(
    asked.flatMap((query) =>
      Object.hasOwn(known, query) && known[query] !== undefined ? [[query, known[query]]] : [],
    ),
  );
}
