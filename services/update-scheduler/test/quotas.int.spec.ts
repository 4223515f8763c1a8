import { type ResourceInput, resourcesApply } from '@lamplighter/contracts';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { PgDryRunStore } from '../src/out/pg-dry-run-store.ts';
import { DryRun } from '../src/steps/dry-run.ts';
import { Night, TENANT } from './night.ts';

const policy = (name: string, spec: ResourceInput['spec'] = {}): ResourceInput => ({ kind: 'Policy', name, spec });
const group = (name: string, rules = 1, conditions = 1): ResourceInput => ({
  kind: 'Group',
  name,
  spec: {
    any: Array.from({ length: rules }, (_rule, rule) => ({
      all: Array.from({ length: conditions }, (_one, one) => ({
        fact: 'productName',
        operator: 'not',
        value: `${name} ${rule} ${one}`,
      })),
    })),
  },
});
const many = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));

describe('how much one tenant may have', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  const apply = (night: Night, resources: ResourceInput[], more: object = {}) =>
    night.applyResources.run(resourcesApply.input.parse({ tenant: TENANT, by: 'ada', resources, ...more }));
  const stored = async (night: Night, table: string): Promise<number> => {
    const [row] = await night.db.query<{ count: number }>({
      text: `SELECT count(*) AS count FROM update_scheduler.${table}`,
    });
    return row!.count;
  };

  it('is refused with how many there would be and what to do, and nothing is changed', async () => {
    const night = await Night.begin(database, { LAMP_MAX_POLICIES: '3', LAMP_MAX_GROUPS: '2' });
    await apply(night, [policy('a'), policy('b'), group('x')]);
    await expect(apply(night, [policy('c'), policy('d'), group('y')])).rejects.toMatchObject({
      code: 'policy.too-many',
      message: 'this tenant would have 4 policies; 3 is the most',
      remedy: 'remove policies that are not used, or raise LAMP_MAX_POLICIES',
    });
    await expect(apply(night, [group('y'), group('z')])).rejects.toMatchObject({
      code: 'group.too-many',
      message: 'this tenant would have 3 groups; 2 is the most',
    });
    expect([await stored(night, 'policy'), await stored(night, 'device_group')]).toEqual([2, 1]);
    await night.policy({ name: 'c' });
    await expect(night.policy({ name: 'd' })).rejects.toMatchObject({ code: 'policy.too-many' });
  });

  it('lets a tenant that has more change and remove, but not add', async () => {
    const before = await Night.begin(database);
    await apply(before, [policy('a'), policy('b'), policy('c')]);
    const night = new Night(database, before.clock, { LAMP_MAX_POLICIES: '1' });
    await apply(night, [policy('a', { precedence: 7 })]);
    await apply(night, [policy('d')], { remove: [{ kind: 'Policy', name: 'b' }] });
    await expect(apply(night, [policy('e')])).rejects.toMatchObject({ code: 'policy.too-many' });
  });

  it('is bounded by what one statement can bind: refused well before that, and up to there devices are judged', async () => {
    const night = await Night.begin(database);
    await night.devices({ id: 'a' });
    const named = { assignment: { groups: ['large'] }, precedence: 900 };
    await apply(night, [group('large', 10, 30), ...many(99, (index) => policy(`p${index}`, named))]);
    await expect(apply(night, [policy('one more', named)])).rejects.toMatchObject({
      code: 'group.too-many',
      message:
        'the groups that policies name would have 30100 conditions and lists, counted for each policy and ring that names them; 30000 is the most',
    });
    const { policyId } = await night.policy({ name: 'last' });
    const told = await new DryRun(night.clock, new PgDryRunStore(night.db)).run({ tenant: TENANT, policyId });
    expect(told).toMatchObject({ assigned: 1, reasons: [{ reason: 'other-policy' }] });
  });

  it('counts the groups of rings, which the plan of their policy binds too', async () => {
    const night = await Night.begin(database);
    await night.devices({ id: 'a' });
    const groups = many(4, (index) => `large${index}`);
    const rings = (count: number) => many(count, (index) => ({ name: `r${index}`, groups }));
    await apply(
      night,
      groups.map((name) => group(name, 20, 45)),
    );
    await expect(apply(night, [policy('ringed', { rings: rings(20) })])).rejects.toMatchObject({
      code: 'group.too-many',
    });
    await apply(night, [policy('fewer', { rings: rings(8) }), policy('others', { rings: rings(8) })]);
    await night.openAndPlan();
    expect((await night.occurrences()).map(({ state }) => state)).toEqual(['planned', 'planned']);
  });
});
