import { describe, expect, it } from '@jest/globals';
import {
  AVAILABLE_UPDATES,
  DEVICE_INFORMATION,
  NO_UPDATE_CHAIN,
  SCAN_INITIATED,
  UPDATE_RESULTS,
  UPDATE_STATUS,
} from '../fixtures/answers.ts';
import { acknowledgedFixture, errorFixture, FIXTURE_UDID, idleFixture, notNowFixture } from '../fixtures/messages.ts';
import { parsePlist } from '../plist/parse.ts';
import type { PlistDict } from '../plist/plist-value.ts';
import { readDeviceInformation } from './device-information.ts';
import { ConnectError, parseConnect } from './parse-connect.ts';
import { readAvailableUpdates, readScanInitiated, readUpdateResults, readUpdateStatus } from './update-answers.ts';

const read = (bytes: Buffer) => parseConnect(parsePlist(bytes));
const answer = (more: Parameters<typeof acknowledgedFixture>[2]) =>
  read(acknowledgedFixture('c', undefined, more)).rest;

function refusal(bytes: Buffer): ConnectError {
  try {
    read(bytes);
  } catch (error) {
    if (error instanceof ConnectError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a connect message', () => {
  it('is Idle without a CommandUUID', () => {
    expect(read(idleFixture())).toMatchObject({
      status: 'Idle',
      ids: { udid: FIXTURE_UDID },
      errorChain: [],
      needSyncResponse: false,
    });
    expect(read(idleFixture())).not.toHaveProperty('commandUuid');
    expect(read(idleFixture(FIXTURE_UDID, { NeedSyncResponse: true })).needSyncResponse).toBe(true);
  });

  it('answers a command under its CommandUUID', () => {
    expect(read(notNowFixture('c-1'))).toMatchObject({ status: 'NotNow', commandUuid: 'c-1' });
    expect(read(errorFixture('c-2', NO_UPDATE_CHAIN)).errorChain).toEqual(NO_UPDATE_CHAIN);
  });

  it('is refused with an unknown Status, or without the CommandUUID that it answers', () => {
    expect(refusal(idleFixture(FIXTURE_UDID, { Status: 'Busy' }))).toMatchObject({
      code: 'connect.invalid-key',
      key: 'Status',
    });
    expect(refusal(idleFixture(FIXTURE_UDID, { Status: 'Acknowledged' }))).toMatchObject({
      code: 'connect.missing-key',
      key: 'CommandUUID',
    });
    expect(refusal(acknowledgedFixture('x'.repeat(201)))).toMatchObject({
      code: 'connect.invalid-key',
      key: 'CommandUUID',
    });
  });
});

describe('the answers about updates', () => {
  it('list what is available, with sizes as integer or real', () => {
    const updates = readAvailableUpdates(answer(AVAILABLE_UPDATES));
    expect(updates.map(({ productKey }) => productKey)).toEqual(['MSU_UPDATE_24G231_patch_15.7.1', '012-34567']);
    expect(updates[0]).toMatchObject({
      version: '15.7.1',
      build: '24G231',
      downloadSizeBytes: 2_147_483_648,
      isMajorOSUpdate: false,
    });
    expect(updates[1]).toMatchObject({ isConfigDataUpdate: true, downloadSizeBytes: 4096.5 });
  });

  it('tell what became of scheduled updates', () => {
    expect(readUpdateResults(answer(UPDATE_RESULTS))).toEqual([
      {
        productKey: 'MSU_UPDATE_24G231_patch_15.7.1',
        installAction: 'InstallASAP',
        status: 'Downloading',
      },
    ]);
    const chain = [{ ErrorCode: 12057, ErrorDomain: 'MCMDMErrorDomain' }];
    const failed = answer({
      UpdateResults: [{ ProductKey: 'k', InstallAction: 'Error', Status: 'Molten', ErrorChain: chain }],
    });
    expect(readUpdateResults(failed)).toEqual([
      { productKey: 'k', installAction: 'Error', status: 'Molten', errorChain: chain },
    ]);
  });

  it('tell the progress and the scan', () => {
    expect(readUpdateStatus(answer(UPDATE_STATUS))).toEqual([
      {
        productKey: 'MSU_UPDATE_24G231_patch_15.7.1',
        status: 'Downloading',
        isDownloaded: false,
        downloadPercentComplete: 0.25,
      },
    ]);
    expect(readScanInitiated(answer(SCAN_INITIATED))).toBe(true);
    expect(readScanInitiated(answer({}))).toBe(false);
  });

  it('are empty where the device left them out', () => {
    for (const reader of [readAvailableUpdates, readUpdateResults, readUpdateStatus])
      expect(reader(answer({}))).toEqual([]);
    expect(readDeviceInformation(answer({}))).toEqual({});
  });

  it('lose what has the wrong type, and nothing else', () => {
    const odd = answer({
      AvailableOSUpdates: [
        'text',
        { ProductKey: 5 },
        { ProductKey: 'k', Version: 15, IsCritical: 'yes', DownloadSize: 'big', Build: 'b' },
      ],
      OSUpdateStatus: { ProductKey: 'k' },
      QueryResponses: { OSVersion: 15, BatteryLevel: -1, DeviceName: 'n' },
    });
    expect(readAvailableUpdates(odd)).toEqual([{ productKey: 'k', build: 'b' }]);
    expect(readUpdateStatus(odd)).toEqual([]);
    expect(readDeviceInformation(odd)).toEqual({ deviceName: 'n' });
  });
});

describe('DeviceInformation', () => {
  it('tells version, build and what GDMF knows the device by', () => {
    expect(readDeviceInformation(answer(DEVICE_INFORMATION) as PlistDict)).toEqual({
      deviceName: 'Mac 0001',
      serialNumber: 'FIXTURE00001',
      model: 'MacBookPro18,3',
      modelName: 'MacBook Pro',
      productName: 'MacBookPro18,3',
      osVersion: '15.7.1',
      buildVersion: '24G231',
      isAppleSilicon: true,
      isSupervised: true,
      softwareUpdateDeviceId: 'J314sAP',
      batteryLevel: 0.83,
      hasBattery: true,
    });
  });
});
