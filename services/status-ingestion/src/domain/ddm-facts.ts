import { readClientCapabilities, readStatusReasons } from '@lamplighter/apple';
import type { ClientCapabilities } from '@lamplighter/apple';
import type { DeclaredStatus, ReportedDeclaration } from '@lamplighter/contracts';
import { cut } from './bounds.ts';
import { said } from './ddm-state.ts';
import type { DdmState } from './ddm-state.ts';
import { deviceFacts } from './device-facts.ts';
import type { DeviceFacts } from './device-facts.ts';

const ENFORCEMENT = 'com.apple.configuration.softwareupdate.enforcement.specific';
const MAX_DECLARATIONS = 100;
const MAX_REASONS = 5;
const MAX_DESCRIPTION = 300;

/** What a device can take, from `management.client-capabilities`. */
export interface DdmCapabilities extends ClientCapabilities {
  readonly supportsEnforcement: boolean;
}

/** Undefined where the device has not said it yet. */
export function ddmCapabilities(state: DdmState): DdmCapabilities | undefined {
  const told = readClientCapabilities(said(state, 'management.client-capabilities'));
  return told && { ...told, supportsEnforcement: told.declarations.includes(ENFORCEMENT) };
}

/** What the device says of its update and its OS. Declarations are left to reportedDeclarations. */
export function declaredStatus(state: DdmState): DeclaredStatus {
  const pending = dict(said(state, 'softwareupdate.pending-version'));
  const why = dict(said(state, 'softwareupdate.install-reason'));
  const reasons = texts(why['reason']).slice(0, 20);
  return present({
    kind: 'declared-status' as const,
    installState: text(said(state, 'softwareupdate.install-state')),
    pendingVersion: text(pending['os-version']),
    pendingBuild: text(pending['build-version']),
    targetLocalDateTime: text(pending['target-local-date-time']),
    failure: failureOf(dict(said(state, 'softwareupdate.failure-reason'))),
    installReasons: reasons.length === 0 ? undefined : reasons,
    declarationId: text(why['declaration-id']),
    osVersion: text(said(state, 'device.operating-system.version')),
    buildVersion: text(said(state, 'device.operating-system.build-version')),
    supplementalBuild: text(said(state, 'device.operating-system.supplemental.build-version')),
  });
}

/** The beta programme that the device is enrolled in; undefined for none. */
export function betaEnrollment(state: DdmState): string | undefined {
  return text(said(state, 'softwareupdate.beta-enrollment'));
}

/** All kinds in one list, those with faults first: they are what is looked for. Undefined where the device has not said. */
export function reportedDeclarations(state: DdmState): ReportedDeclaration[] | undefined {
  const value = said(state, 'management.declarations');
  if (!isObject(value)) return undefined;
  const all = Object.values(value).flatMap((kind) => (Array.isArray(kind) ? kind.flatMap(declarationOf) : []));
  const isSound = (one: ReportedDeclaration) => one.active && one.valid === 'valid';
  return all.toSorted((a, b) => Number(isSound(a)) - Number(isSound(b))).slice(0, MAX_DECLARATIONS);
}

/** In the terms of the device table, as DeviceInformation has them. Undefined where these names say nothing about it. */
export function reportedFacts(state: DdmState, names: Iterable<string>): DeviceFacts | undefined {
  if (![...names].some((name) => FACTS.test(name))) return undefined;
  const item = (name: string) => text(said(state, name));
  return deviceFacts(
    present({
      productName: item('device.model.identifier'),
      model: item('device.model.number'),
      modelName: item('device.model.marketing-name'),
      serialNumber: item('device.identifier.serial-number'),
      osVersion: item('device.operating-system.version'),
      buildVersion: item('device.operating-system.build-version'),
      supplementalBuildVersion: item('device.operating-system.supplemental.build-version'),
      supplementalOSVersionExtra: item('device.operating-system.supplemental.extra-version'),
      softwareUpdateDeviceId: item('softwareupdate.device-id'),
    }),
  );
}
const FACTS = /^(?:device\.(?:operating-system|model|identifier)\.|softwareupdate\.device-id$)/;

function failureOf(reason: Dict): DeclaredStatus['failure'] {
  const count = reason['count'];
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count <= 0) return undefined;
  const at = new Date(text(reason['timestamp']) ?? Number.NaN);
  return {
    count,
    ...present({
      reason: text(reason['reason'], MAX_DESCRIPTION),
      at: Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999 ? undefined : at.toISOString(),
    }),
  };
}

function declarationOf(value: unknown): ReportedDeclaration[] {
  const declaration = dict(value);
  const identifier = text(declaration['identifier']);
  if (identifier === undefined) return [];
  const reasons = readStatusReasons(declaration['reasons']).slice(0, MAX_REASONS);
  return [
    {
      identifier,
      serverToken: text(declaration['server-token']) ?? '',
      active: declaration['active'] === true,
      valid: text(declaration['valid']) ?? 'unknown',
      reasons: reasons.map(({ code, description }) => ({
        code: text(code) ?? '',
        ...present({ description: text(description, MAX_DESCRIPTION) }),
      })),
    },
  ];
}

type Dict = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Dict =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const dict = (value: unknown): Dict => (isObject(value) ? value : {});
const text = (value: unknown, length?: number): string | undefined =>
  typeof value === 'string' ? cut(value, length) : undefined;
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.flatMap((one) => text(one) ?? []) : []);

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Present<T>;
}
