import { isOsVersion, osVersionKey } from '@lamplighter/apple';
import { ageMs, type AssignmentSpec, type Condition, type Fact, FACTS, type GroupSpec } from '@lamplighter/contracts';
import { foldCase, type GroupsByName, missingGroups } from './filter.ts';

/** What is known of one device; null where nothing is. */
export type FactsOfDevice = Record<Fact, string | number | boolean | Date | null>;

/** Why a device is a member of a group, or not. */
export interface Membership {
  member: boolean;
  because: 'device' | 'rule' | 'excluded-device' | 'no-rule';
  /** The rule that holds: its place in `any`, from 0. */
  rule?: number;
  /** Of a device that no rule takes in: of each rule the conditions that do not hold. */
  failed?: Condition[][];
}

/** Says for one device what `compileGroup` says in SQL, and why. */
export function membership(
  spec: Pick<GroupSpec, 'any' | 'devices' | 'excludedDevices'>,
  facts: FactsOfDevice,
  now: Date,
): Membership {
  const deviceId = String(facts.deviceId);
  if (spec.excludedDevices.includes(deviceId)) return { member: false, because: 'excluded-device' };
  if (spec.devices.includes(deviceId)) return { member: true, because: 'device' };
  const failed = spec.any.map(({ all }) => all.filter((condition) => !holds(condition, facts, now)));
  const rule = failed.findIndex((conditions) => conditions.length === 0);
  return rule < 0 ? { member: false, because: 'no-rule', failed } : { member: true, because: 'rule', rule };
}

/** Why a policy takes a device in, or not; `group` is the group that decided. */
export interface Assigned {
  matches: boolean;
  because:
    | 'all-devices'
    | 'device'
    | 'group'
    | 'platform'
    | 'excluded-device'
    | 'excluded-group'
    | 'missing-group'
    | 'not-in-groups';
  group?: string;
  /** Of `not-in-groups`: of each group that the policy names, why the device is not a member. */
  groups?: { group: string; membership: Membership }[];
}

/** Says for one device what `compileAssignment` says in SQL, and why. */
export function assigned(
  policy: { assignment: AssignmentSpec; platforms: readonly string[] },
  groups: GroupsByName,
  facts: FactsOfDevice,
  now: Date,
): Assigned {
  const { assignment, platforms } = policy;
  const deviceId = String(facts.deviceId);
  const [missing] = missingGroups(assignment, groups);
  if (missing !== undefined) return { matches: false, because: 'missing-group', group: missing };
  if (!platforms.includes(String(facts.platform))) return { matches: false, because: 'platform' };
  if (assignment.excludedDevices.includes(deviceId)) return { matches: false, because: 'excluded-device' };
  const inGroup = (group: string) => ({ group, membership: membership(groups.get(group)!, facts, now) });
  const excluding = assignment.excludedGroups.find((name) => inGroup(name).membership.member);
  if (excluding !== undefined) return { matches: false, because: 'excluded-group', group: excluding };
  if (assignment.groups.length + assignment.devices.length === 0) return { matches: true, because: 'all-devices' };
  if (assignment.devices.includes(deviceId)) return { matches: true, because: 'device' };
  const asked = assignment.groups.map(inGroup);
  const including = asked.find((one) => one.membership.member);
  if (including) return { matches: true, because: 'group', group: including.group };
  return { matches: false, because: 'not-in-groups', groups: asked };
}

/** Whether the condition holds for the device. */
export function holds({ fact, operator, value }: Condition, facts: FactsOfDevice, now: Date): boolean {
  const found = facts[fact];
  if (operator === 'isKnown') return found !== null;
  if (operator === 'isUnknown') return found === null;
  if (found === null) return false;
  switch (FACTS[fact]) {
    case 'flag':
      return (found === value) === (operator === 'equals');
    case 'share':
      return inOrder(operator, Math.fround(Number(found)) - Math.fround(Number(value)));
    case 'instant': {
      const isOlder = (found as Date).getTime() <= now.getTime() - ageMs(String(value));
      return isOlder === (operator === 'olderThan');
    }
    default:
      return textHolds({ fact, operator, value }, String(found));
  }
}

function textHolds({ fact, operator, value }: Condition, found: string): boolean {
  if (operator === 'like' || operator === 'notLike')
    return like(foldCase(found), foldCase(String(value))) === (operator === 'like');
  const isVersion = FACTS[fact] === 'version';
  if (isVersion && !isOsVersion(found)) return false;
  const comparable = (text: unknown): string | number =>
    isVersion ? osVersionKey(String(text)) : foldCase(String(text));
  if (Array.isArray(value)) return value.map(comparable).includes(comparable(found)) === (operator === 'in');
  if (operator === 'equals' || operator === 'not')
    return (comparable(found) === comparable(value)) === (operator === 'equals');
  return inOrder(operator, Number(comparable(found)) - Number(comparable(value)));
}

function inOrder(operator: Condition['operator'], difference: number): boolean {
  switch (operator) {
    case 'below':
      return difference < 0;
    case 'atMost':
      return difference <= 0;
    case 'atLeast':
      return difference >= 0;
    default:
      return difference > 0;
  }
}

/** Whether the wildcard (`*`, `?`) covers all of the text. Steps back to the last `*` alone, and so takes no longer than text × wildcard. */
function like(text: string, wildcard: string): boolean {
  // By code points, as the database counts them.
  const [characters, pattern] = [Array.from(text), Array.from(wildcard)];
  let [at, next, star, resume] = [0, 0, -1, 0];
  while (at < characters.length) {
    if (pattern[next] === '*') {
      [star, resume] = [next, at];
      next += 1;
    } else if (next < pattern.length && (pattern[next] === '?' || pattern[next] === characters[at])) {
      next += 1;
      at += 1;
    } else if (star >= 0) {
      resume += 1;
      [at, next] = [resume, star + 1];
    } else {
      return false;
    }
  }
  return pattern.slice(next).every((rest) => rest === '*');
}
