import {
  acknowledgedFixture,
  AVAILABLE_UPDATES,
  DEVICE_INFORMATION,
  errorFixture,
  isDict,
  NO_UPDATE_CHAIN,
  parsePlist,
  SCAN_INITIATED,
  UPDATE_RESULTS,
  UPDATE_STATUS,
} from '@lamplighter/apple';
import type { PlistDict, PlistInput } from '@lamplighter/apple';
import { Observation } from '@lamplighter/contracts';
import type { AnswerStatus } from '@lamplighter/contracts';
import { describe, expect, it } from '@jest/globals';
import { interpret } from './interpret.ts';

const COMMAND = '00000000-0000-8000-8000-000000000001';

function dictOf(xml: Buffer): PlistDict {
  const plist = parsePlist(xml);
  if (!isDict(plist)) throw new Error('the fixture is no dict');
  return plist;
}

function acknowledged(requestType: string, keys: { [key: string]: PlistInput } = {}) {
  return interpret({ requestType, status: 'Acknowledged' }, dictOf(acknowledgedFixture(COMMAND, 'UDID-1', keys)));
}

function failure(requestType: string, chain: readonly { [key: string]: PlistInput }[], status: AnswerStatus = 'Error') {
  return interpret({ requestType, status }, dictOf(errorFixture(COMMAND, chain)));
}

describe('an acknowledged answer', () => {
  it('of ScheduleOSUpdateScan says whether the scan began', () => {
    expect(acknowledged('ScheduleOSUpdateScan', SCAN_INITIATED).observation).toEqual({
      kind: 'scan',
      initiated: true,
    });
    expect(acknowledged('ScheduleOSUpdateScan').observation).toEqual({
      kind: 'scan',
      initiated: false,
    });
  });

  it('of AvailableOSUpdates replaces the list and names the products', () => {
    const { observation, available } = acknowledged('AvailableOSUpdates', AVAILABLE_UPDATES);
    expect(observation).toMatchObject({
      kind: 'available-updates',
      products: [
        {
          productKey: 'MSU_UPDATE_24G231_patch_15.7.1',
          version: '15.7.1',
          build: '24G231',
          isConfigDataUpdate: false,
        },
        { productKey: '012-34567', isConfigDataUpdate: true },
      ],
    });
    expect(available).toHaveLength(2);
  });

  it('of AvailableOSUpdates without a list is an empty one', () => {
    expect(acknowledged('AvailableOSUpdates')).toMatchObject({
      observation: { kind: 'available-updates', products: [] },
      available: [],
    });
  });

  it('of ScheduleOSUpdate gives the results, with their own error chains', () => {
    expect(acknowledged('ScheduleOSUpdate', UPDATE_RESULTS).observation).toEqual({
      kind: 'schedule-result',
      results: [
        {
          productKey: 'MSU_UPDATE_24G231_patch_15.7.1',
          installAction: 'InstallASAP',
          status: 'Downloading',
        },
      ],
    });
    const chain = [{ ErrorCode: 12060, ErrorDomain: 'MCMDMErrorDomain' }];
    const refused = acknowledged('ScheduleOSUpdate', {
      UpdateResults: [{ ProductKey: 'p', InstallAction: 'Error', Status: 'Idle', ErrorChain: chain }],
    });
    expect(refused.observation).toMatchObject({
      results: [{ installAction: 'Error', errorChain: chain }],
    });
    expect(refused.errorChain).toEqual(chain);
  });

  it('of OSUpdateStatus says until when a user has put it off; what is no number of deferrals is left out', () => {
    const put = { ProductKey: 'p', NextScheduledInstall: new Date('2026-11-22T20:00:00Z'), MaxDeferrals: 3 };
    const { observation } = acknowledged('OSUpdateStatus', {
      OSUpdateStatus: [
        { ...put, DeferralsRemaining: 2 },
        { ...put, ProductKey: 'q', DeferralsRemaining: 1.5 },
      ],
    });
    const said = { nextScheduledInstall: '2026-11-22T20:00:00.000Z', maxDeferrals: 3 };
    expect(observation).toMatchObject({
      updates: [
        { ...said, deferralsRemaining: 2 },
        { productKey: 'q', ...said },
      ],
    });
    expect(Observation.safeParse(observation).success).toBe(true);
  });

  it('of ScheduleOSUpdate may leave the results out', () => {
    expect(acknowledged('ScheduleOSUpdate').observation).toEqual({
      kind: 'schedule-result',
      results: [],
    });
  });

  it('of OSUpdateStatus says how far each product is; empty when nothing runs', () => {
    expect(acknowledged('OSUpdateStatus', UPDATE_STATUS).observation).toEqual({
      kind: 'update-status',
      updates: [
        {
          productKey: 'MSU_UPDATE_24G231_patch_15.7.1',
          status: 'Downloading',
          isDownloaded: false,
          downloadPercentComplete: 0.25,
        },
      ],
    });
    expect(acknowledged('OSUpdateStatus').observation).toEqual({
      kind: 'update-status',
      updates: [],
    });
  });

  it('of DeviceInformation gives facts, and the version that confirms an installation', () => {
    const { observation, facts } = acknowledged('DeviceInformation', DEVICE_INFORMATION);
    expect(observation).toEqual({ kind: 'facts', osVersion: '15.7.1', buildVersion: '24G231' });
    expect(facts).toMatchObject({
      platform: 'macOS',
      osVersionKey: 15_007_001,
      softwareUpdateDeviceId: 'J314sAP',
      batteryLevel: 0.83,
    });
  });

  it("of any other command is `other`, even where its name is that of an object's own property", () => {
    expect(acknowledged('InstalledApplicationList').observation.kind).toBe('other');
    expect(acknowledged('constructor').observation.kind).toBe('other');
  });
});

describe('an error', () => {
  it('is classified, and its raw chain is kept', () => {
    const chain = [{ ErrorCode: 12060, ErrorDomain: 'MCMDMErrorDomain', USEnglishDescription: 'No space' }];
    expect(failure('ScheduleOSUpdate', chain)).toMatchObject({
      observation: {
        kind: 'error',
        requestType: 'ScheduleOSUpdate',
        class: 'insufficient-space',
        errorChain: chain,
      },
      errorChain: chain,
    });
  });

  it('2213 to AvailableOSUpdates is an empty list, its chain still kept', () => {
    expect(failure('AvailableOSUpdates', NO_UPDATE_CHAIN)).toMatchObject({
      observation: { kind: 'available-updates', products: [] },
      available: [],
      errorChain: NO_UPDATE_CHAIN,
    });
  });

  it('2213 to ScheduleOSUpdate stays an error', () => {
    expect(failure('ScheduleOSUpdate', NO_UPDATE_CHAIN).observation).toMatchObject({
      kind: 'error',
      class: 'no-update-available',
    });
  });

  it('without a chain, or with an unknown one, is unknown', () => {
    expect(failure('OSUpdateStatus', []).observation).toMatchObject({
      class: 'unknown',
      errorChain: [],
    });
    expect(failure('OSUpdateStatus', [{ ErrorCode: 1, ErrorDomain: 'x' }]).observation).toMatchObject({
      class: 'unknown',
    });
  });

  it('CommandFormatError without a chain means that the command is not supported', () => {
    expect(failure('ScheduleOSUpdate', [], 'CommandFormatError').observation).toMatchObject({
      class: 'unsupported-command',
      retry: 'never',
    });
  });
});

describe('NotNow', () => {
  it('carries how often it was said', () => {
    const answer = { requestType: 'ScheduleOSUpdate', status: 'NotNow', notNowCount: 3 } as const;
    expect(interpret(answer, undefined).observation).toEqual({
      kind: 'not-now',
      requestType: 'ScheduleOSUpdate',
      count: 3,
    });
  });
});

describe('malformed answers', () => {
  it('that could not be read are errors to try again', () => {
    expect(interpret({ requestType: 'AvailableOSUpdates', status: 'Acknowledged' }, undefined)).toMatchObject({
      observation: { kind: 'error', class: 'unreadable-answer', retry: 'later' },
    });
  });

  it('with a list that is none are errors, not empty lists', () => {
    const { observation, available } = acknowledged('AvailableOSUpdates', { AvailableOSUpdates: 'none' });
    expect(observation).toMatchObject({ kind: 'error', class: 'unreadable-answer' });
    expect(available).toBeUndefined();
  });

  const wrong: [string, string, { [key: string]: PlistInput }][] = [
    ['a list of strings', 'AvailableOSUpdates', { AvailableOSUpdates: ['a'] }],
    ['a product without a key', 'AvailableOSUpdates', { AvailableOSUpdates: [{ Version: '15.0' }] }],
    ['a product twice', 'AvailableOSUpdates', { AvailableOSUpdates: [{ ProductKey: 'a' }, { ProductKey: 'a' }] }],
    ['a key too long for an index', 'AvailableOSUpdates', { AvailableOSUpdates: [{ ProductKey: 'k'.repeat(9000) }] }],
    ['results that are a dict', 'ScheduleOSUpdate', { UpdateResults: {} }],
    ['a chain of numbers', 'ScheduleOSUpdate', { UpdateResults: [{ ErrorChain: [1, 2] }] }],
    [
      'a progress that is text',
      'OSUpdateStatus',
      { OSUpdateStatus: [{ ProductKey: 'a', DownloadPercentComplete: 'x' }] },
    ],
    ['responses that are an array', 'DeviceInformation', { QueryResponses: [] }],
    ['numbers for names', 'DeviceInformation', { QueryResponses: { OSVersion: 15, DeviceName: 1, ProductName: 2 } }],
  ];
  it.each(wrong)("%s: an observation of the contract's shape all the same", (_what, requestType, keys) => {
    const { observation } = acknowledged(requestType, keys);
    expect(Observation.safeParse(observation).success).toBe(true);
    expect(observation.kind).not.toBe('error');
  });

  it('keeps one entry of a product that is listed twice, and none with an endless key', () => {
    const keys = {
      AvailableOSUpdates: [{ ProductKey: 'a' }, { ProductKey: 'a' }, { ProductKey: 'k'.repeat(9000) }],
    };
    expect(acknowledged('AvailableOSUpdates', keys).available).toEqual([{ productKey: 'a' }]);
  });

  it('bounds what one device can make everyone keep', () => {
    const link = {
      ErrorCode: 1,
      ErrorDomain: 'd'.repeat(5000),
      LocalizedDescription: 'l'.repeat(3000),
    };
    const results = Array.from({ length: 120 }, () => ({
      ProductKey: 'p',
      ErrorChain: Array.from({ length: 12 }, () => link),
    }));
    const { observation } = acknowledged('ScheduleOSUpdate', { UpdateResults: results });
    expect(JSON.stringify(observation).length).toBeLessThan(500_000);
    const { observation: error, errorChain } = failure(
      'ScheduleOSUpdate',
      Array.from({ length: 120 }, () => link),
    );
    expect(JSON.stringify(error).length).toBeLessThan(10_000);
    expect(errorChain).toHaveLength(100);
  });

  it('leaves out a time zone that is none, a battery beyond full, a version that is none', () => {
    const facts = {
      TimeZone: 'Moon/Base',
      BatteryLevel: 1.5,
      OSVersion: 'newest',
      ProductName: 'iPad13,1',
    };
    expect(acknowledged('DeviceInformation', { QueryResponses: facts }).facts).toMatchObject({
      platform: 'iPadOS',
      osVersion: 'newest',
      osVersionKey: undefined,
      timeZone: undefined,
      batteryLevel: undefined,
    });
    expect(acknowledged('DeviceInformation', { QueryResponses: { TimeZone: 'Europe/Zurich' } }).facts).toMatchObject({
      timeZone: 'Europe/Zurich',
    });
    expect(acknowledged('DeviceInformation', { QueryResponses: { TimeZone: 'PST' } }).facts?.timeZone).toBeUndefined();
  });
});
