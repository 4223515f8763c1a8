import { type AnySpec, GroupSpec, NamedWindow, PolicySpec, type ResourceKind } from '@lamplighter/contracts';
import fc from 'fast-check';
import { faultsOfPolicy } from './faults.ts';
import { type Inventory, keyOf, planChanges, type SpecChange, type StoredSpec, type Wanted } from './plan-changes.ts';

const TODAY = '2026-11-22';
const wish = (kind: ResourceKind, name: string, spec: object | undefined): Wanted => {
  const parse = { Group: GroupSpec, Window: NamedWindow, Policy: PolicySpec }[kind];
  return { kind, id: name, name, spec: spec && (parse.parse({ name, ...spec }) as AnySpec), at: [kind, name] };
};

/** What is kept after a plan without faults. */
function applied({ stored, lastVersions }: Inventory, changes: readonly SpecChange[]): Inventory {
  const next = new Map(stored.map((one) => [keyOf(one), one]));
  const versions = new Map(lastVersions);
  for (const { kind, id, name, version, after } of changes) {
    versions.set(keyOf({ kind, id }), version);
    if (after) next.set(keyOf({ kind, id }), { kind, id, name, version, spec: after });
    else next.delete(keyOf({ kind, id }));
  }
  return { stored: [...next.values()], lastVersions: versions };
}

const empty: Inventory = { stored: [], lastVersions: new Map() };
const names = fc.constantFrom('a', 'b', 'c');
const anyWish = fc.oneof(
  fc.tuple(names, fc.boolean()).map(([name, gone]) => wish('Group', name, gone ? undefined : {})),
  fc
    .tuple(names, fc.constantFrom('01:00', '02:00', '12:00', null))
    .map(([name, start]) => wish('Window', name, start === null ? undefined : { start, lengthMinutes: 60 })),
  fc
    .tuple(names, fc.array(names, { minLength: 1, maxLength: 2 }), fc.array(names, { maxLength: 1 }), fc.boolean())
    .map(([name, windows, groups, gone]) =>
      wish('Policy', name, gone ? undefined : { windows, assignment: { groups } }),
    ),
);

describe('changes of groups, windows and policies', () => {
  it('keep everything sound whatever is asked: nothing refers to nothing, versions only grow, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyWish, { minLength: 1, maxLength: 4 }), { maxLength: 12 }), (rounds) => {
        let inventory = empty;
        for (const wishes of rounds) {
          const known = wishes.filter((one) => one.spec || inventory.stored.some((each) => keyOf(each) === keyOf(one)));
          const { changes, faults } = planChanges(inventory, known, TODAY);
          if (faults.length > 0) continue;
          for (const change of changes) {
            const last = inventory.lastVersions.get(keyOf(change)) ?? 0;
            expect(change.version).toBe(change.change === 'unchanged' ? last : last + 1);
          }
          inventory = applied(inventory, changes);
          expect(soundness(inventory.stored)).toEqual([]);
          // The same once more changes nothing.
          const again = planChanges(
            inventory,
            known.filter(({ spec }) => spec),
            TODAY,
          );
          expect(again.changes.every(({ change }) => change === 'unchanged')).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('tell of a fault in a policy that was not asked about where the window stands that causes it', () => {
    const first = planChanges(
      empty,
      [
        wish('Window', 'a', { start: '01:00', lengthMinutes: 60 }),
        wish('Window', 'b', { start: '12:00', lengthMinutes: 60 }),
        wish('Policy', 'p', { windows: ['a', 'b'] }),
      ],
      TODAY,
    );
    const { faults } = planChanges(
      applied(empty, first.changes),
      [wish('Window', 'b', { start: '01:30', lengthMinutes: 60 })],
      TODAY,
    );
    expect(faults).toMatchObject([
      { path: 'Window.b.name', message: expect.stringContaining('the policy "p" would no longer hold: windows.1') },
    ]);
  });
});

function soundness(stored: readonly StoredSpec[]): object[] {
  const known = {
    groups: new Set(stored.filter(({ kind }) => kind === 'Group').map(({ name }) => name)),
    windows: Object.fromEntries(
      stored.filter(({ kind }) => kind === 'Window').map(({ name, spec }) => [name, spec as NamedWindow]),
    ),
    today: TODAY,
  };
  const policies = stored.filter(({ kind }) => kind === 'Policy');
  return policies.flatMap(({ spec }) => faultsOfPolicy(spec as PolicySpec, known).faults);
}
