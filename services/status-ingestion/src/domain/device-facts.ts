import { osVersionKey, platformOf } from '@lamplighter/apple';
import type { DeviceInformation, Platform } from '@lamplighter/apple';
import { isTimeZone } from '@lamplighter/contracts';
import { cut } from './bounds.ts';

/** What is known of a device, in the terms of the `device` table. What was not said is undefined and changes nothing. */
export interface DeviceFacts {
  platform: Platform;
  productName?: string | undefined;
  model?: string | undefined;
  modelName?: string | undefined;
  deviceName?: string | undefined;
  serialNumber?: string | undefined;
  osVersion?: string | undefined;
  /** For comparisons; absent where osVersion is no version. */
  osVersionKey?: number | undefined;
  buildVersion?: string | undefined;
  supplementalBuild?: string | undefined;
  supplementalExtra?: string | undefined;
  isSupervised?: boolean | undefined;
  isAppleSilicon?: boolean | undefined;
  softwareUpdateDeviceId?: string | undefined;
  timeZone?: string | undefined;
  /** 0 to 1. */
  batteryLevel?: number | undefined;
}

/** Authenticate's facts have the same names as DeviceInformation's, and are fewer. */
export function deviceFacts(said: DeviceInformation): DeviceFacts {
  const key = said.osVersion === undefined ? -1 : osVersionKey(said.osVersion);
  return {
    platform: platformOf(said.productName, said.model),
    productName: cut(said.productName),
    model: cut(said.model),
    modelName: cut(said.modelName),
    deviceName: cut(said.deviceName),
    serialNumber: cut(said.serialNumber),
    osVersion: cut(said.osVersion),
    osVersionKey: key < 0 ? undefined : key,
    buildVersion: cut(said.buildVersion),
    supplementalBuild: cut(said.supplementalBuildVersion),
    supplementalExtra: cut(said.supplementalOSVersionExtra),
    isSupervised: said.isSupervised,
    isAppleSilicon: said.isAppleSilicon,
    softwareUpdateDeviceId: cut(said.softwareUpdateDeviceId),
    timeZone: knownZone(said.timeZone),
    batteryLevel: share(said.batteryLevel),
  };
}

const zones = new Map<string, boolean>();
const MAX_ZONES = 2000;

/** Windows are computed in this zone, so a name that is no zone must not get there. */
function knownZone(name: string | undefined): string | undefined {
  if (name === undefined || name.length > 64) return undefined;
  let known = zones.get(name);
  if (known === undefined) {
    known = isTimeZone(name);
    if (zones.size < MAX_ZONES) zones.set(name, known);
  }
  return known ? name : undefined;
}

function share(level: number | undefined): number | undefined {
  return level === undefined || level < 0 || level > 1 ? undefined : level;
}
