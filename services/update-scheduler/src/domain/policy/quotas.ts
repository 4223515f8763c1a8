import { AppError, type GroupSpec, type PolicySpec } from '@lamplighter/contracts';
import { compileAssignment, compileGroup, SqlParams } from '../filter.ts';
import { type Inventory, keyOf, type StoredSpec, type Wanted } from './plan-changes.ts';

/** The most that one tenant may have. */
export interface Quotas {
  policies: number;
  groups: number;
}

/** Values that the groups of all policies of a tenant, and of one policy's rings, bind in the statement that plans. PostgreSQL takes 65,535 in all. */
export const MOST_VALUES = 30_000;

type Kept = Pick<StoredSpec, 'kind' | 'name' | 'spec'>;

/** Refuses what would make a tenant have more than it may. Who has more already may change and remove, but not add. */
export function refuseBeyond(quotas: Quotas, inventory: Inventory, wishes: readonly Wanted[]): void {
  const asked = new Set(wishes.map(keyOf));
  const after: Kept[] = [
    ...inventory.stored.filter((one) => !asked.has(keyOf(one))),
    ...wishes.flatMap((wish) => (wish.spec ? [{ ...wish, spec: wish.spec }] : [])),
  ];
  const has = (all: readonly Kept[], kind: Kept['kind']) => all.filter((one) => one.kind === kind).length;
  const check = (kind: 'Policy' | 'Group', most: number, plural: string, setting: string): void => {
    const count = has(after, kind);
    if (count <= most || count <= has(inventory.stored, kind)) return;
    const message = `this tenant would have ${count} ${plural}; ${most} is the most`;
    throw tooMany(`${kind.toLowerCase()}.too-many`, message, `remove ${plural} that are not used, or raise ${setting}`);
  };
  check('Policy', quotas.policies, 'policies', 'LAMP_MAX_POLICIES');
  check('Group', quotas.groups, 'groups', 'LAMP_MAX_GROUPS');
  const values = valuesOf(after);
  if (values <= MOST_VALUES || values <= valuesOf(inventory.stored)) return;
  const message = `the groups that policies name would have ${values} conditions and lists, counted for each policy and ring that names them; ${MOST_VALUES} is the most`;
  throw tooMany(
    'group.too-many',
    message,
    'use lists (operator `in`) for many conditions on one fact, or fewer groups',
  );
}

/** What a statement binds that judges a device by all policies, of a group that several name several times, and by the rings of one of them. */
function valuesOf(all: readonly Kept[]): number {
  const groups = new Map(all.filter(({ kind }) => kind === 'Group').map(({ name, spec }) => [name, spec as GroupSpec]));
  const policies = all.flatMap(({ kind, spec }) => (kind === 'Policy' ? [spec as PolicySpec] : []));
  const ofRings = policies.map(({ rings }) => {
    const params = new SqlParams(new Date(0));
    const named = rings.flatMap((ring) => (ring.groups ?? []).flatMap((name) => groups.get(name) ?? []));
    for (const group of named) compileGroup(group, params);
    return params.values.length;
  });
  const params = new SqlParams(new Date(0));
  for (const { assignment, platforms } of policies) compileAssignment(assignment, platforms, groups, params);
  return params.values.length + ofRings.reduce((most, values) => Math.max(most, values), 0);
}

function tooMany(code: string, message: string, remedy: string): AppError {
  return new AppError(code, message, { outcome: 'drop', remedy });
}
