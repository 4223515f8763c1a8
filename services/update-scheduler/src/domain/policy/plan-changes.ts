import {
  type AnySpec,
  differencesOf,
  type Fault,
  faultAt,
  type PolicySpec,
  ResourceKind,
  type WindowSpec,
} from '@lamplighter/contracts';
import { faultsOfPolicy } from './faults.ts';
import type { Known } from './judge.ts';
import { blackoutFaults } from './windows.ts';

/** A group, window or policy as it is kept. */
export interface StoredSpec {
  kind: ResourceKind;
  /** Of a policy its id, of others the name. */
  id: string;
  name: string;
  version: number;
  spec: AnySpec;
}

/** What is to become of one of them. */
export interface Wanted {
  kind: ResourceKind;
  id: string;
  name: string;
  /** Undefined: it is to be removed. */
  spec: AnySpec | undefined;
  /** Where it stands in what was asked; comes before the paths of its faults. */
  at: readonly string[];
}

export interface SpecChange {
  kind: ResourceKind;
  id: string;
  name: string;
  change: 'created' | 'changed' | 'unchanged' | 'removed' | 'affected';
  version: number;
  before: AnySpec | undefined;
  after: AnySpec | undefined;
  why: string | undefined;
}

export interface Plan {
  changes: SpecChange[];
  faults: Fault[];
  warnings: Fault[];
}

/** All that a tenant has. `lastVersions`: of kinds and ids, those that are gone included; see `keyOf`. */
export interface Inventory {
  stored: readonly StoredSpec[];
  lastVersions: ReadonlyMap<string, number>;
}

export const keyOf = ({ kind, id }: Pick<StoredSpec, 'kind' | 'id'>): string => `${kind} ${id}`;

/**
 * What follows from the wishes: versions, the policies that a changed window touches, and everything that speaks against it.
 * Wishes are judged together: a policy may name a window that comes with it.
 */
export function planChanges(inventory: Inventory, wishes: readonly Wanted[], today: string): Plan {
  const before = new Map(inventory.stored.map((one) => [keyOf(one), one]));
  const after = new Map<string, Pick<StoredSpec, 'kind' | 'id' | 'name' | 'spec'>>(before);
  for (const wish of wishes) {
    if (wish.spec) after.set(keyOf(wish), { ...wish, spec: wish.spec });
    else after.delete(keyOf(wish));
  }
  const old = knownOf([...before.values()], today);
  const next = knownOf([...after.values()], today);
  const direct = wishes.map((wish) => changeOf(wish, before.get(keyOf(wish)), inventory));
  const affected = affectedBy(direct, inventory.stored, wishes);
  return {
    changes: inOrder([...direct, ...affected]),
    faults: [...ownFaults(wishes, next), ...othersFaults(wishes, inventory.stored, old, next)],
    warnings: wishes.flatMap((wish) => judged(wish, next).warnings),
  };
}

function changeOf(wish: Wanted, stored: StoredSpec | undefined, { lastVersions }: Inventory): SpecChange {
  const { kind, id, name } = wish;
  const last = Math.max(stored?.version ?? 0, lastVersions.get(keyOf(wish)) ?? 0);
  const base = { kind, id, name, before: stored?.spec, after: wish.spec, why: undefined };
  if (!wish.spec) return { ...base, change: 'removed', version: last + 1 };
  if (!stored) return { ...base, change: 'created', version: last + 1 };
  const isSame = differencesOf(stored.spec, wish.spec).length === 0;
  return isSame
    ? { ...base, change: 'unchanged', version: stored.version }
    : { ...base, change: 'changed', version: last + 1 };
}

/** Policies that were not asked about and name a window that changes: their next rollout is another one. */
function affectedBy(
  changes: readonly SpecChange[],
  stored: readonly StoredSpec[],
  wishes: readonly Wanted[],
): SpecChange[] {
  const windows = changes
    .filter(({ kind, change }) => kind === 'Window' && change === 'changed')
    .map(({ name }) => name);
  const unchanged = new Set(changes.filter(({ change }) => change === 'unchanged').map(keyOf));
  const asked = new Set(wishes.map(keyOf));
  return stored.flatMap((one) => {
    if (one.kind !== 'Policy' || (asked.has(keyOf(one)) && !unchanged.has(keyOf(one)))) return [];
    const own = (one.spec as PolicySpec).windows;
    const names = windows.filter((name) => own.includes(name));
    if (names.length === 0) return [];
    const why = `the window ${names.map((name) => `"${name}"`).join(', ')} changed`;
    return [{ ...one, change: 'affected' as const, version: one.version + 1, before: one.spec, after: one.spec, why }];
  });
}

/** A policy that was asked about without a change and is affected counts once: as affected. */
function inOrder(changes: readonly SpecChange[]): SpecChange[] {
  const last = new Map(changes.map((change) => [keyOf(change), change]));
  const rank = ({ kind, change }: SpecChange) => ResourceKind.options.indexOf(kind) + (change === 'removed' ? 10 : 0);
  return [...last.values()].toSorted((one, other) => rank(one) - rank(other));
}

function knownOf(all: readonly Pick<StoredSpec, 'kind' | 'name' | 'spec'>[], today: string): Known {
  const windows = all.filter(({ kind }) => kind === 'Window');
  return {
    groups: new Set(all.filter(({ kind }) => kind === 'Group').map(({ name }) => name)),
    windows: Object.fromEntries(windows.map(({ name, spec }) => [name, spec as WindowSpec])),
    today,
  };
}

function judged({ kind, spec, at }: Wanted, known: Known): { faults: Fault[]; warnings: Fault[] } {
  if (!spec || kind === 'Group') return { faults: [], warnings: [] };
  const { faults, warnings } =
    kind === 'Policy'
      ? faultsOfPolicy(spec as PolicySpec, known)
      : { faults: ofWindow(spec as WindowSpec), warnings: [] };
  const placed = (fault: Fault) => ({ ...fault, path: [...at, fault.path].join('.') });
  return { faults: faults.map(placed), warnings: warnings.map(placed) };
}

function ofWindow({ blackouts }: WindowSpec): Fault[] {
  return blackoutFaults(blackouts).map(({ index, ...says }) =>
    faultAt(['blackouts', String(index), 'to'], blackouts?.[index]?.to, says),
  );
}

function ownFaults(wishes: readonly Wanted[], known: Known): Fault[] {
  const twice = wishes.flatMap((wish, index) => {
    const first = wishes.findIndex((one) => one.kind === wish.kind && one.name === wish.name);
    if (first === index) return [];
    const message = `there are two of the kind ${wish.kind} named "${wish.name}"`;
    return [faultAt([...wish.at, 'name'], wish.name, { message, remedy: 'leave one of the two out' })];
  });
  return [...twice, ...wishes.flatMap((wish) => judged(wish, known).faults)];
}

/** Policies that were not asked about and would no longer hold: told where the group or window stands that they name. */
function othersFaults(wishes: readonly Wanted[], stored: readonly StoredSpec[], old: Known, next: Known): Fault[] {
  const asked = new Set(wishes.map(keyOf));
  const others = stored.filter((one) => one.kind === 'Policy' && !asked.has(keyOf(one)));
  return others.flatMap(({ name, spec }) => {
    const policy = spec as PolicySpec;
    const had = new Set(faultsOfPolicy(policy, old).faults.map(({ path, message }) => path + message));
    const fresh = faultsOfPolicy(policy, next).faults.filter(({ path, message }) => !had.has(path + message));
    return fresh.map(({ path, message }) => {
      const cause = wishes.find((wish) => wish.kind !== 'Policy' && isNamed(policy, wish));
      const says = `the policy "${name}" would no longer hold: ${path}: ${message}`;
      const remedy = `change the policy "${name}" first, or apply it together with this`;
      return faultAt([...(cause?.at ?? []), 'name'], cause?.name, { message: says, remedy });
    });
  });
}

function isNamed(policy: PolicySpec, { kind, name }: Wanted): boolean {
  if (kind === 'Window') return policy.windows.includes(name);
  const { groups, excludedGroups } = policy.assignment;
  return [groups, excludedGroups, ...policy.rings.map((ring) => ring.groups ?? [])].some((names) =>
    names.includes(name),
  );
}

/** The policies that name this group or window. */
export function usersOf(stored: readonly StoredSpec[], of: Pick<StoredSpec, 'kind' | 'name'>): string[] {
  const policies = stored.filter(({ kind }) => kind === 'Policy');
  const isUser = ({ spec }: StoredSpec) => isNamed(spec as PolicySpec, { ...of, id: of.name, spec: undefined, at: [] });
  return policies.filter(isUser).map(({ name }) => name);
}
