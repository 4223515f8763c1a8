import type { Mode, OsFacts, SchemaOs, OsSupport } from '@lamplighter/apple';
import { defined } from './defined.ts';
import type { RawOs, RawSupport } from './read-schema.ts';

const OSES: readonly SchemaOs[] = ['iOS', 'macOS', 'tvOS', 'visionOS', 'watchOS'];
const MODES: readonly string[] = ['allowed', 'required', 'forbidden', 'ignored'] satisfies Mode[];

/** What holds where nothing is stated. */
const UNSTATED: OsFacts = {
  supervised: false,
  requiresDep: false,
  userApproved: false,
  deviceChannel: true,
  userChannel: false,
  userEnrollment: 'allowed',
  sharedIpad: { mode: 'allowed', deviceChannel: true, userChannel: false },
};
const ABSENT: OsFacts = { introduced: 'n/a' };

/** All that holds of an OS, stated here or taken over. */
export type Effective = Readonly<Record<SchemaOs, OsFacts>>;

export const NOWHERE: Effective = { iOS: ABSENT, macOS: ABSENT, tvOS: ABSENT, visionOS: ABSENT, watchOS: ABSENT };

/** Of a command or declaration: the OSes that have it, with what differs from `UNSTATED`, and all that holds. */
export function supportOf(raw: RawSupport | undefined): { support: OsSupport; effective: Effective } {
  const effective = over(NOWHERE, raw, (own) => merge(UNSTATED, stated(own)));
  const support = byOs((os) => {
    const facts = effective[os];
    return isAbsent(facts) ? undefined : differing(facts, UNSTATED);
  });
  return { support, effective };
}

/** Of a key in something of which `outer` holds: what differs, and all that holds. */
export function keySupportOf(
  raw: RawSupport | undefined,
  outer: Effective,
): { support: OsSupport | undefined; effective: Effective } {
  const effective = over(outer, raw, (own, os) => merge(outer[os], stated(own)));
  const support = byOs((os) => {
    const facts = effective[os];
    const differs = isAbsent(facts) ? differing(ABSENT, outer[os]) : differing(facts, inherited(outer[os]));
    return Object.keys(differs).length > 0 ? differs : undefined;
  });
  return { support: Object.keys(support).length > 0 ? support : undefined, effective };
}

function over(base: Effective, raw: RawSupport | undefined, facts: (own: RawOs, os: SchemaOs) => OsFacts): Effective {
  const unknown = Object.keys(raw ?? {}).find((name) => !(OSES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`supportedOS names ${unknown}, which is none of ${OSES.join(', ')}`);
  const entries = OSES.map((os) => [os, raw?.[os] ? facts(raw[os], os) : base[os]] as const);
  return Object.fromEntries(entries) as Effective;
}

function byOs(facts: (os: SchemaOs) => OsFacts | undefined): OsSupport {
  const entries = OSES.map((os) => [os, facts(os)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Declarations say by lists (enrollments, scopes) what commands say by switches; both become switches here. */
function stated(raw: RawOs): OsFacts {
  const { 'allowed-enrollments': enrollments, 'allowed-scopes': scopes, sharedipad } = raw;
  return defined({
    introduced: version(raw.introduced),
    deprecated: version(raw.deprecated),
    removed: version(raw.removed),
    supervised: raw.supervised ?? enrollments?.every((kind) => kind === 'supervised' || kind === 'local'),
    requiresDep: raw.requiresdep,
    userApproved: raw.userapprovedmdm,
    deviceChannel: raw.devicechannel ?? scopes?.includes('system'),
    userChannel: raw.userchannel ?? scopes?.includes('user'),
    userEnrollment: mode(raw.userenrollment?.mode) ?? (enrollments && enrollmentMode(enrollments)),
    sharedIpad: sharedipad && sharedIpad(sharedipad),
  });
}

function enrollmentMode(enrollments: readonly string[]): Mode {
  if (!enrollments.includes('user')) return 'forbidden';
  return enrollments.every((kind) => kind === 'user') ? 'required' : 'allowed';
}

function sharedIpad(raw: NonNullable<RawOs['sharedipad']>): NonNullable<OsFacts['sharedIpad']> {
  const scopes = raw['allowed-scopes'];
  return defined({
    mode: mode(raw.mode) ?? (scopes && (scopes.length === 0 ? 'forbidden' : 'allowed')),
    deviceChannel: raw.devicechannel ?? scopes?.includes('system'),
    userChannel: raw.userchannel ?? scopes?.includes('user'),
  });
}

function version(text: unknown): string | undefined {
  if (text === undefined) return undefined;
  if (typeof text === 'string' && (text === 'n/a' || /^\d+(\.\d+)*$/.test(text))) return text;
  throw new Error(`${JSON.stringify(text)} is no OS version; versions are quoted, as '9.0'`);
}

function mode(text: string | undefined): Mode | undefined {
  if (text === undefined || MODES.includes(text)) return text as Mode | undefined;
  throw new Error(`${text} is none of ${MODES.join(', ')}`);
}

const isAbsent = (facts: OsFacts): boolean => facts.introduced === undefined || facts.introduced === 'n/a';
const inherited = (outer: OsFacts): OsFacts => (outer.introduced === 'n/a' ? UNSTATED : outer);

function merge(outer: OsFacts, own: OsFacts): OsFacts {
  const { sharedIpad: outerShared, ...rest } = inherited(outer);
  return defined({
    introduced: outer.introduced,
    deprecated: outer.deprecated,
    removed: outer.removed,
    ...rest,
    ...own,
    sharedIpad: own.sharedIpad || outerShared ? { ...outerShared, ...own.sharedIpad } : undefined,
  });
}

/** The facts that are others than those of `base`. */
function differing(facts: OsFacts, base: OsFacts): OsFacts {
  const { sharedIpad: shared, ...rest } = facts;
  const { sharedIpad: baseShared, ...baseRest } = base;
  const own = shared && differingEntries(shared, baseShared ?? {});
  return { ...differingEntries(rest, baseRest), ...(own && Object.keys(own).length > 0 ? { sharedIpad: own } : {}) };
}

function differingEntries<T extends object>(values: T, base: T): T {
  const entries = Object.entries(values).filter(([name, value]) => base[name as keyof T] !== value);
  return Object.fromEntries(entries) as T;
}
