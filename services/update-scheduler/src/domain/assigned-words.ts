import type { Condition, DevicePolicy, GroupMiss } from '@lamplighter/contracts';
import type { Assigned, FactsOfDevice, Membership } from './member.ts';

/** Why a policy takes a device in, or not, for people and for programs. */
export function tellAssigned(
  verdict: Assigned,
  facts: FactsOfDevice,
): Pick<DevicePolicy, 'matches' | 'because' | 'group' | 'misses' | 'text'> {
  const { matches, because, group, groups } = verdict;
  const misses = groups?.map((one) => missOf(one, facts));
  return {
    matches,
    because,
    ...(group === undefined ? {} : { group }),
    ...(misses === undefined ? {} : { misses }),
    text: textOf(verdict, facts, misses ?? []),
  };
}

function textOf({ because, group = '' }: Assigned, facts: FactsOfDevice, misses: readonly GroupMiss[]): string {
  switch (because) {
    case 'all-devices':
      return 'it is for all devices of its platforms';
    case 'device':
      return 'it names this device';
    case 'group':
      return `the device is a member of the group "${group}"`;
    case 'platform':
      return `it is not for ${String(facts.platform)}`;
    case 'excluded-device':
      return 'it excludes this device';
    case 'excluded-group':
      return `it excludes the group "${group}", of which the device is a member`;
    case 'missing-group':
      return `it names the group "${group}", which there is not: it takes in no device until there is`;
    default:
      return misses.length === 0
        ? 'it names other devices'
        : `the device is in none of its groups: ${misses.map(missText).join('; ')}`;
  }
}

function missText({ group, rules }: GroupMiss): string {
  const [first] = rules.toSorted((one, other) => one.length - other.length);
  if (first === undefined) return `"${group}" has no rule that holds and does not name it`;
  return `"${group}" wants ${first.map(conditionText).join(' and ')}`;
}

/** Such as `osVersion below 15.7 (it is 26.1)`. */
function conditionText({ fact, operator, value, found }: GroupMiss['rules'][number][number]): string {
  const is = found === null ? 'not known' : String(found);
  const wanted = value === undefined ? '' : ` ${Array.isArray(value) ? listed(value) : String(value)}`;
  return `${fact} ${operator}${wanted} (it is ${is})`;
}

function listed(values: readonly string[]): string {
  return values.length > 5 ? `${values.slice(0, 5).join(', ')} and ${values.length - 5} more` : values.join(', ');
}

function missOf({ group, membership }: { group: string; membership: Membership }, facts: FactsOfDevice): GroupMiss {
  const withFound = (condition: Condition) => ({ ...condition, found: plain(facts[condition.fact]) });
  return { group, rules: (membership.failed ?? []).map((conditions) => conditions.map(withFound)) };
}

function plain(found: FactsOfDevice[keyof FactsOfDevice]): string | number | boolean | null {
  return found instanceof Date ? found.toISOString() : found;
}
