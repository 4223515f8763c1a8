import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { parsePlist } from '../plist/parse.ts';
import { plistDictFragment } from '../plist/build.ts';
import type { PlistDict, PlistValue } from '../plist/plist-value.ts';
import {
  availableOsUpdates,
  declarativeManagement,
  deviceInformation,
  osUpdateStatus,
  scheduleOsUpdate,
  scheduleOsUpdateScan,
} from './commands.ts';
import type { Command } from './commands.ts';
import { COMMAND_SUPPORT } from './support.ts';
import type { CommandName } from './support.ts';

const SCHEMA = join(process.cwd(), '..', 'shared', 'apple-schema');
const here = existsSync(SCHEMA);
if (!here) process.stdout.write(`skipped: Apple's device-management schema is not at ../shared/apple-schema\n`);

interface Key {
  key: string;
  type: string;
  presence?: string;
  rangelist?: unknown[];
  subkeys?: Key[];
}
interface Os {
  introduced?: string;
  deprecated?: string;
  removed?: string;
  supervised?: boolean;
}
interface Schema {
  payload: { requesttype: string; supportedOS: Record<string, Os> };
  payloadkeys?: Key[];
}

const TYPES: Record<string, (value: PlistValue) => boolean> = {
  '<string>': (value) => typeof value === 'string',
  '<boolean>': (value) => typeof value === 'boolean',
  '<integer>': (value) => Number.isInteger(value),
  '<data>': (value) => Buffer.isBuffer(value),
  '<array>': (value) => Array.isArray(value),
  '<dictionary>': (value) => typeof value === 'object',
};

function schemaOf(file: string): Schema {
  const newest = join(SCHEMA, 'overlay-27.0', 'mdm', 'commands', file);
  return parse(readFileSync(existsSync(newest) ? newest : join(SCHEMA, 'mdm', 'commands', file), 'utf8')) as Schema;
}

function problems(value: PlistValue, key: Key, path: string): string[] {
  if (!TYPES[key.type]?.(value)) return [`${path} is no ${key.type}`];
  if (key.rangelist && !key.rangelist.includes(value)) return [`${path} is none of ${key.rangelist.join()}`];
  if (Array.isArray(value)) return arrayProblems(value, key.subkeys?.[0], path);
  return key.type === '<dictionary>' ? dictProblems(value as PlistDict, key.subkeys ?? [], path) : [];
}

/** The schema lists the names that an array of strings may hold as subkeys of its item. */
function arrayProblems(members: PlistValue[], item: Key | undefined, path: string): string[] {
  if (item === undefined) return [];
  if (item.type !== '<string>' || !item.subkeys) {
    return members.flatMap((member, index) => problems(member, item, `${path}[${index}]`));
  }
  const names: PlistValue[] = item.subkeys.map((subkey) => subkey.key);
  return members.filter((name) => !names.includes(name)).map((name) => `${path} has no ${JSON.stringify(name)}`);
}

function dictProblems(dict: PlistDict, keys: Key[], path: string): string[] {
  const known = new Map(keys.map((key) => [key.key, key]));
  const missing = keys.filter(({ key, presence }) => presence === 'required' && dict[key] === undefined);
  return [
    ...missing.map(({ key }) => `${path}.${key} is missing`),
    ...Object.entries(dict).flatMap(([name, value]) => {
      const key = known.get(name);
      return key ? problems(value, key, `${path}.${name}`) : [`${path}.${name} is unknown`];
    }),
  ];
}

const COMMANDS: [name: CommandName, file: string, command: Command][] = [
  ['ScheduleOSUpdateScan', 'system.update.scan.yaml', scheduleOsUpdateScan({ force: true })],
  ['AvailableOSUpdates', 'system.update.available.yaml', availableOsUpdates()],
  [
    'ScheduleOSUpdate',
    'system.update.schedule.yaml',
    scheduleOsUpdate({
      updates: [
        {
          productKey: 'k',
          productVersion: '15.7',
          installAction: 'InstallLater',
          maxUserDeferrals: 2,
          priority: 'Low',
        },
        { productVersion: '15.7', installAction: 'InstallForceRestart', priority: 'High' },
        ...(['Default', 'DownloadOnly', 'InstallASAP', 'NotifyOnly'] as const).map((installAction) => ({
          productKey: 'k',
          installAction,
        })),
      ],
    }),
  ],
  ['OSUpdateStatus', 'system.update.status.yaml', osUpdateStatus()],
  ['DeviceInformation', 'information.device.yaml', deviceInformation()],
  ['DeclarativeManagement', 'declarativemanagement.yaml', declarativeManagement(Buffer.from('{}'))],
];

(here ? describe : describe.skip)("Apple's schema", () => {
  it.each(COMMANDS)('finds nothing wrong with %s', (name, file, command) => {
    const schema = schemaOf(file);
    const { RequestType, ...payload } = parsePlist(`<plist>${plistDictFragment(command)}</plist>`) as PlistDict;
    expect(RequestType).toBe(schema.payload.requesttype);
    expect(RequestType).toBe(name);
    expect(dictProblems(payload, schema.payloadkeys ?? [], name)).toEqual([]);
  });

  it.each(COMMANDS)('has the same versions and platforms for %s', (name, file) => {
    const theirs = schemaOf(file).payload.supportedOS;
    for (const platform of ['macOS', 'iOS', 'tvOS', 'visionOS', 'watchOS'] as const) {
      const os = theirs[platform];
      const ours = COMMAND_SUPPORT[name][platform];
      if (!os || os.introduced === 'n/a') expect(ours).toBeUndefined();
      else
        expect(ours).toMatchObject({
          introduced: os.introduced,
          supervised: os.supervised ?? false,
        });
      expect([ours?.deprecated, ours?.removed]).toEqual([os?.deprecated, os?.removed]);
    }
  });

  it('would find a wrong payload', () => {
    const keys = schemaOf('system.update.schedule.yaml').payloadkeys ?? [];
    const wrong = {
      Updates: [{ InstallAction: 'Soon', MaxUserDeferrals: 'x', Extra: true }],
    } as unknown as PlistDict;
    expect(dictProblems(wrong, keys, 'S')).toHaveLength(3);
  });
});
