import { flagIn, numberIn, present, textIn } from '../fields.ts';
import { isDict } from '../plist/plist-value.ts';
import type { PlistDict } from '../plist/plist-value.ts';

/** The QueryResponses that we ask for (mdm/commands/information.device.yaml). All optional. */
export interface DeviceInformation {
  readonly udid?: string;
  readonly deviceName?: string;
  readonly serialNumber?: string;
  readonly model?: string;
  readonly modelName?: string;
  readonly productName?: string;
  readonly osVersion?: string;
  readonly buildVersion?: string;
  readonly supplementalBuildVersion?: string;
  readonly supplementalOSVersionExtra?: string;
  readonly isAppleSilicon?: boolean;
  readonly isSupervised?: boolean;
  /** Joins a Mac to GDMF's SupportedDevices (a board id such as `J414sAP`). */
  readonly softwareUpdateDeviceId?: string;
  /** IANA name. Never sent by macOS. */
  readonly timeZone?: string;
  /** 0 to 1; absent where the device sent −1, its word for unknown. */
  readonly batteryLevel?: number;
  readonly hasBattery?: boolean;
}

export function readDeviceInformation(answer: PlistDict): DeviceInformation {
  const responses = answer['QueryResponses'];
  if (!isDict(responses)) return {};
  const batteryLevel = numberIn(responses, 'BatteryLevel');
  return present({
    udid: textIn(responses, 'UDID'),
    deviceName: textIn(responses, 'DeviceName'),
    serialNumber: textIn(responses, 'SerialNumber'),
    model: textIn(responses, 'Model'),
    modelName: textIn(responses, 'ModelName'),
    productName: textIn(responses, 'ProductName'),
    osVersion: textIn(responses, 'OSVersion'),
    buildVersion: textIn(responses, 'BuildVersion'),
    supplementalBuildVersion: textIn(responses, 'SupplementalBuildVersion'),
    supplementalOSVersionExtra: textIn(responses, 'SupplementalOSVersionExtra'),
    isAppleSilicon: flagIn(responses, 'IsAppleSilicon'),
    isSupervised: flagIn(responses, 'IsSupervised'),
    softwareUpdateDeviceId: textIn(responses, 'SoftwareUpdateDeviceID'),
    timeZone: textIn(responses, 'TimeZone'),
    batteryLevel: batteryLevel !== undefined && batteryLevel >= 0 ? batteryLevel : undefined,
    hasBattery: flagIn(responses, 'HasBattery'),
  });
}
