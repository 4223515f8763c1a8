import { osVersionKey } from '@lamplighter/apple';
import { ageMs, type AssignmentSpec, type Condition, type Fact, FACTS, type GroupSpec } from '@lamplighter/contracts';

/** Values of a statement that is put together: they are bound, never written into its text. */
export class SqlParams {
  readonly values: unknown[];

  /** @param now what ages are counted from; `values` are those that the statement has already: $1 to $n */
  constructor(
    readonly now: Date,
    values: readonly unknown[] = [],
  ) {
    this.values = [...values];
  }

  /** Its place, such as `$3::text`. */
  add(value: unknown, type: 'text' | 'text[]' | 'bigint' | 'bigint[]' | 'boolean' | 'real' | 'timestamptz'): string {
    return `$${this.values.push(value)}::${type}`;
  }
}

export type GroupsByName = ReadonlyMap<string, GroupSpec>;

/** Where `status_ingestion.device_v1` holds each fact. */
export const COLUMNS: Record<Fact, string> = {
  platform: 'platform',
  osVersion: 'os_version',
  buildVersion: 'build_version',
  supplementalExtra: 'supplemental_extra',
  supplementalBuild: 'supplemental_build',
  productName: 'product_name',
  model: 'model',
  modelName: 'model_name',
  deviceName: 'device_name',
  serialNumber: 'serial_number',
  deviceId: 'device_id',
  timeZone: 'time_zone',
  softwareUpdateDeviceId: 'software_update_device_id',
  isSupervised: 'is_supervised',
  isAppleSilicon: 'is_apple_silicon',
  batteryLevel: 'battery_level',
  enrolledAt: 'enrolled_at',
  lastSeenAt: 'last_answer_at',
  factsAt: 'facts_at',
};

/**
 * Whether a row `d` of `status_ingestion.device_v1` is a member: an SQL expression, true or false and never null. It does not ask
 * whether the device is enrolled, nor of which tenant it is.
 */
export function compileGroup(spec: Pick<GroupSpec, 'any' | 'devices' | 'excludedDevices'>, params: SqlParams): string {
  const rules = spec.any.map(({ all }) => all.map((condition) => compileCondition(condition, params)).join(' AND '));
  if (spec.devices.length > 0) rules.push(among(spec.devices, params));
  if (rules.length === 0) return 'false';
  // A fact that is not known makes its condition null: no match.
  const member = `((${rules.join(') OR (')})) IS TRUE`;
  return spec.excludedDevices.length === 0
    ? `(${member})`
    : `(${member} AND NOT ${among(spec.excludedDevices, params)})`;
}

/**
 * Whether a policy takes in a row `d` of `status_ingestion.device_v1`: true or false, never null. All devices of the platforms where
 * neither groups nor devices are named; what is excluded is out, whatever includes it. An assignment that names a group which is not
 * there takes in no device, rather than one that it should not.
 */
export function compileAssignment(
  assignment: AssignmentSpec,
  platforms: readonly string[],
  groups: GroupsByName,
  params: SqlParams,
): string {
  if (missingGroups(assignment, groups).length > 0) return 'false';
  const some = (names: readonly string[], devices: readonly string[]): string[] => [
    ...names.map((name) => compileGroup(groups.get(name)!, params)),
    ...(devices.length > 0 ? [among(devices, params)] : []),
  ];
  const included = some(assignment.groups, assignment.devices);
  const excluded = some(assignment.excludedGroups, assignment.excludedDevices);
  const terms = [`d.platform = ANY(${params.add(platforms, 'text[]')})`];
  if (included.length > 0) terms.push(`(${included.join(' OR ')})`);
  if (excluded.length > 0) terms.push(`NOT (${excluded.join(' OR ')})`);
  return `(${terms.join(' AND ')})`;
}

/** Groups that the assignment names and that are not there. */
export function missingGroups(assignment: AssignmentSpec, groups: GroupsByName): string[] {
  return [...assignment.groups, ...assignment.excludedGroups].filter((name) => !groups.has(name));
}

function among(devices: readonly string[], params: SqlParams): string {
  return `d.device_id = ANY(${params.add(devices, 'text[]')})`;
}

const ORDER = { below: '<', atMost: '<=', atLeast: '>=', above: '>' } as const;

function compileCondition({ fact, operator, value }: Condition, params: SqlParams): string {
  const column = `d.${COLUMNS[fact]}`;
  if (operator === 'isKnown') return `${column} IS NOT NULL`;
  if (operator === 'isUnknown') return `${column} IS NULL`;
  switch (FACTS[fact]) {
    case 'flag':
      return `${column} ${operator === 'not' ? '<>' : '='} ${params.add(value, 'boolean')}`;
    case 'share':
      return `${column} ${ORDER[operator as keyof typeof ORDER]} ${params.add(value, 'real')}`;
    case 'instant': {
      const then = params.add(new Date(params.now.getTime() - ageMs(String(value))), 'timestamptz');
      return `${column} ${operator === 'olderThan' ? '<=' : '>'} ${then}`;
    }
    default:
      return compileText({ fact, operator, value }, column, params);
  }
}

function compileText({ fact, operator, value }: Condition, column: string, params: SqlParams): string {
  // The C collation folds A to Z alone, on every server alike.
  const text = `lower(${column} COLLATE "C")`;
  if (operator === 'like' || operator === 'notLike')
    return `${text} ${operator === 'like' ? 'LIKE' : 'NOT LIKE'} ${params.add(likePattern(String(value)), 'text')}`;
  const isVersion = FACTS[fact] === 'version';
  const left = isVersion ? 'd.os_version_key' : text;
  const type = isVersion ? 'bigint' : 'text';
  const bound = (one: unknown): string | number => (isVersion ? osVersionKey(String(one)) : foldCase(String(one)));
  if (Array.isArray(value)) {
    const list = params.add(value.map(bound), `${type}[]`);
    return operator === 'in' ? `${left} = ANY(${list})` : `${left} <> ALL(${list})`;
  }
  const sign = operator === 'equals' ? '=' : operator === 'not' ? '<>' : ORDER[operator as keyof typeof ORDER];
  return `${left} ${sign} ${params.add(bound(value), type)}`;
}

/** A to Z as a to z; all else as it is. */
export function foldCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function likePattern(wildcard: string): string {
  return foldCase(wildcard)
    .replace(/[\\%_]/g, '\\$&')
    .replace(/\*/g, '%')
    .replace(/\?/g, '_');
}
