import { describe, expect, it } from '@jest/globals';
import {
  availableOsUpdates,
  declarationDocument,
  declarationItemsDocument,
  declarativeManagement,
  deviceInformation,
  osUpdateStatus,
  parsePlist,
  plistDictFragment,
  scheduleOsUpdate,
  scheduleOsUpdateScan,
  tokensDocument,
  unfitFor,
  unfitKeys,
  validateCommand,
  validateDocument,
} from '@lamplighter/apple';
import type { PlistDict } from '@lamplighter/apple';
import { type Platform, PolicyAction } from '@lamplighter/contracts';
import { bodyFor } from '../../update-scheduler/src/domain/commands.ts';
import { isOrder, orderFor } from '../../update-scheduler/src/domain/order.ts';
import type { Step } from '../../update-scheduler/src/domain/update.ts';

const STEPS = [
  ...(['scan', 'list', 'list-again', 'recheck', 'schedule-config', 'rescan', 'relist', 'ask-first'] as const),
  'download',
  ...(['download-status', 'download-confirm', 'install', 'install-fallback', 'status', 'confirm'] as const),
] satisfies Step[];
const WISH = {
  now: new Date('2026-11-22T02:00:00Z'),
  maxUserDeferrals: 2,
  updatePriority: 'High',
  deadlineAt: null,
} as const;
const SYSTEMS: [Platform, string][] = [
  ['macOS', '10.15.7'],
  ['macOS', '11.7'],
  ['macOS', '12.0'],
  ['macOS', '26.0'],
  ['iOS', '11.2'],
  ['iOS', '26.0'],
  ['iPadOS', '13.1'],
  ['tvOS', '12.1'],
  ['tvOS', '26.0'],
];

/** What a device would read. */
const onTheWire = (fragment: string): PlistDict => parsePlist(`<plist>${fragment}</plist>`) as PlistDict;

describe("by Apple's schema nothing is wrong with", () => {
  it.each([
    scheduleOsUpdateScan(),
    scheduleOsUpdateScan({ force: true }),
    availableOsUpdates(),
    scheduleOsUpdate({ updates: [{ productVersion: '15.7', installAction: 'InstallForceRestart', priority: 'High' }] }),
    scheduleOsUpdate({ updates: [{ productKey: 'k', installAction: 'InstallLater', maxUserDeferrals: 2 }] }),
    osUpdateStatus(),
    deviceInformation(),
    declarativeManagement(),
    declarativeManagement(Buffer.from('{}')),
  ])('$RequestType', (command) => {
    expect(validateCommand(onTheWire(plistDictFragment(command)))).toEqual([]);
  });

  it.each(SYSTEMS)('what the scheduler asks of %s %s', (platform, fromVersion) => {
    const target = { platform, osVersion: fromVersion, channel: 'device', supervised: true } as const;
    for (const step of STEPS) {
      for (const installAction of PolicyAction.options) {
        const update = { platform, fromVersion, targetVersion: '26.1' };
        const order = isOrder(step) ? orderFor(step, update, { ...WISH, installAction }) : undefined;
        const body = bodyFor(step, update, ['k'], order);
        const command = onTheWire(body.command);
        expect(validateCommand(command)).toEqual([]);
        // Queries that a platform lacks are left unanswered by it, and the scheduler never comes to a step that its platform lacks.
        const judged = body.requestType !== 'DeviceInformation' && unfitFor(body.requestType, target) === undefined;
        expect(judged ? unfitKeys(command, target) : []).toEqual([]);
      }
    }
  });

  it('the documents of declarative management', () => {
    const tokens: unknown = JSON.parse(tokensDocument('token', new Date('2026-11-22T00:00:00.500Z')));
    expect(validateDocument('TokensResponse', tokens)).toEqual([]);
    const item = { identifier: 'a', kind: 'asset', serverToken: 't' } as const;
    for (const held of [[], [item], [item, { ...item, identifier: 'b', kind: 'activation' as const }]]) {
      const items: unknown = JSON.parse(declarationItemsDocument(held));
      expect(validateDocument('DeclarationItemsResponse', items)).toEqual([]);
    }
    const document = declarationDocument({ type: 'com.apple.activation.simple', ...item, payload: {} });
    expect(validateDocument('Declaration', JSON.parse(document))).toEqual([]);
    expect(validateDocument('DeclarationItemsResponse', tokens)).not.toEqual([]);
  });
});
