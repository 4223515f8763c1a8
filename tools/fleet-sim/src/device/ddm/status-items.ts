import { declarationUnfitFor, statusItemsFor } from '@lamplighter/apple';
import type { CommandTarget, Declarations } from '@lamplighter/apple';
import { deviceIdOf } from '../device-information.ts';
import type { Device, World } from '../device.ts';
import { serialOf } from '../device.ts';
import type { Ddm, UpdateWords } from './ddm.ts';
import { declarationsStatus, standings } from './standing.ts';
import type { Standing } from './standing.ts';
import { updateWords } from './update-words.ts';

/** Reported without a subscription. */
export const BY_ITSELF: readonly string[] = ['management.client-capabilities', 'management.declarations'];

const TYPES = {
  activations: ['com.apple.activation.simple'],
  assets: ['com.apple.asset.data', 'com.apple.asset.useridentity'],
  configurations: [
    'com.apple.configuration.management.status-subscriptions',
    'com.apple.configuration.management.test',
    'com.apple.configuration.passcode.settings',
    'com.apple.configuration.softwareupdate.enforcement.specific',
    'com.apple.configuration.softwareupdate.settings',
  ],
  management: ['com.apple.management.organization-info', 'com.apple.management.properties'],
} as const satisfies Record<string, readonly (keyof Declarations)[]>;

const NAMES = [
  'device.identifier.serial-number',
  'device.identifier.udid',
  'device.model.family',
  'device.model.identifier',
  'device.model.marketing-name',
  'device.model.number',
  'device.operating-system.build-version',
  'device.operating-system.family',
  'device.operating-system.marketing-name',
  'device.operating-system.supplemental.build-version',
  'device.operating-system.supplemental.extra-version',
  'device.operating-system.version',
  ...BY_ITSELF,
  'softwareupdate.beta-enrollment',
  'softwareupdate.device-id',
  'softwareupdate.failure-reason',
  'softwareupdate.install-reason',
  'softwareupdate.install-state',
  'softwareupdate.pending-version',
];

/** All devices of a platform and OS version have the same. */
const capabilities = new Map<string, { readonly items: ReadonlySet<string>; readonly value: unknown }>();

const targetOf = ({ model: { platform }, version }: Device, { channel }: Ddm): CommandTarget => ({
  platform,
  osVersion: version,
  channel,
  supervised: true,
});

function capabilitiesOf(device: Device, ddm: Ddm) {
  const target = targetOf(device, ddm);
  const key = `${target.platform} ${target.osVersion} ${target.channel}`;
  const known = capabilities.get(key);
  if (known) return known;
  const there = new Set(statusItemsFor(['device.', 'management.', 'softwareupdate.'], target));
  const items = NAMES.filter((name) => there.has(name));
  const declarations = Object.fromEntries(
    Object.entries(TYPES).map(([kind, types]) => [
      kind,
      types.filter((type) => declarationUnfitFor(type, target) === undefined),
    ]),
  );
  const value = {
    'supported-versions': ['1.0.0'],
    'supported-features': {},
    'supported-payloads': { declarations, 'status-items': items },
  };
  const made = { items: new Set(items), value };
  capabilities.set(key, made);
  return made;
}

/** Whether this channel has the status item. */
export function knowsStatusItem(device: Device, ddm: Ddm, name: string): boolean {
  return capabilitiesOf(device, ddm).items.has(name);
}

/** The value of a status item now; undefined where the device has no such item. `words`: of the update, at another moment. */
export function statusValue(device: Device, ddm: Ddm, name: string, words?: UpdateWords): unknown {
  const { items, value } = capabilitiesOf(device, ddm);
  if (!items.has(name)) return undefined;
  if (name === 'management.client-capabilities') return value;
  if (name === 'management.declarations') return declarationsStatus(standingsOf(device, ddm));
  const update = words ?? (UPDATE.test(name) ? updateWords(device, ddm) : {});
  return Object.hasOwn(update, name) ? update[name] : plainValues(device)[name];
}
const UPDATE = /^softwareupdate\.(?:install|pending|failure)/;

/** How the declarations of a device stand now. */
export function standingsOf(device: Device, ddm: Ddm): Standing[] {
  // A predicate about declarations would ask for what is being found out.
  const status = (name: string) => (name === 'management.declarations' ? undefined : statusValue(device, ddm, name));
  return standings(targetOf(device, ddm), ddm.declarations, status);
}

function plainValues(device: Device): Record<string, unknown> {
  const { model, version, build, supplement, udid } = device;
  return {
    'device.identifier.serial-number': serialOf(device),
    'device.identifier.udid': udid,
    'device.model.family': { macOS: 'Mac', iOS: 'iPhone', iPadOS: 'iPad', tvOS: 'AppleTV' }[model.platform],
    'device.model.identifier': model.productName,
    'device.model.marketing-name': model.modelName,
    'device.model.number': model.model,
    'device.operating-system.build-version': build,
    'device.operating-system.family': model.platform,
    'device.operating-system.marketing-name': `${model.platform} ${version}`,
    'device.operating-system.supplemental.build-version': supplement?.build ?? build,
    'device.operating-system.supplemental.extra-version': supplement?.extra ?? '',
    'device.operating-system.version': version,
    'softwareupdate.beta-enrollment': '',
    'softwareupdate.device-id': deviceIdOf(device),
  };
}

/** When a device that manages itself reports in full: at the same time of each day. */
export function nextFullReportAt(device: Device, world: World): number {
  const DAY_MS = 86_400_000;
  const offset = (device.index * 7_919_000) % DAY_MS;
  return (Math.floor((world.now() - offset) / DAY_MS) + 1) * DAY_MS + offset;
}
