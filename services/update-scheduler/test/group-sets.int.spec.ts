import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { declarationRegroup, decoderOf, type GroupInput, GroupSpec, type ItemOf } from '@lamplighter/contracts';
import { PgOutbox } from '@lamplighter/storage';
import { recordingLog, TestClock, testDatabase, type TestDatabase } from '@lamplighter/testing';
import fc from 'fast-check';
import { GroupSetStore } from '../src/ports/group-sets.ts';
import { PgAssignmentStore } from '../src/out/pg-assignment-store.ts';
import { PgGroupSetStore } from '../src/out/pg-group-set-store.ts';
import { FollowGroupSets } from '../src/steps/follow-group-sets.ts';

type Regroup = ItemOf<typeof declarationRegroup>;
const DEVICES = ['A', 'B', 'C', 'A:user'];
const GROUPS = ['g1', 'g2'];

/** Nothing waits in the stream: what is staged is done by the spec. */
class Store extends PgGroupSetStore {
  backlog = 0;
  override waiting(): Promise<number> {
    return Promise.resolve(this.backlog);
  }
}

describe('sets of groups', () => {
  let database: TestDatabase;
  let store: Store;
  let follow: FollowGroupSets;
  const log = recordingLog();
  const clock = new TestClock('2026-11-22T02:00:00Z');
  const query = <R>(text: string, values: unknown[] = []) => database.admin.query<R>({ text }, values);

  beforeAll(async () => {
    database = await testDatabase();
    const db = database.as('update_scheduler');
    store = new Store(db, undefined as never);
    follow = new FollowGroupSets(
      clock,
      db,
      new PgOutbox(db, 'update_scheduler', 'lamp'),
      store,
      new PgAssignmentStore(db),
      log,
    );
    expect(store).toBeInstanceOf(GroupSetStore);
  });
  beforeEach(() => clear());
  afterAll(() => database.close());

  const clear = () =>
    query(
      'TRUNCATE status_ingestion.device, update_scheduler.device_group, update_scheduler.outbox, ddm.assignment, ddm.group_set, ddm.declaration_set',
    );
  const device = (id: string, productName: string | null, enrolled = true) =>
    query(
      `INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, product_name, updated_at)
       VALUES ('default', $1, $3, 1, 'macOS', $2, now())
       ON CONFLICT (tenant, device_id) DO UPDATE SET product_name = EXCLUDED.product_name, enrolled = EXCLUDED.enrolled`,
      [id, productName, enrolled],
    );
  const group = (input: GroupInput) =>
    query(
      `INSERT INTO update_scheduler.device_group VALUES ('default', $1, 1, $2, now(), now())
       ON CONFLICT (tenant, name) DO UPDATE SET spec = EXCLUDED.spec`,
      [input.name, JSON.stringify(GroupSpec.parse(input))],
    );
  const give = (name: string, isGiven = true) =>
    query(
      `INSERT INTO ddm.group_set VALUES ('default', $1, 'base', 'cause:' || $1, $2, $3)
       ON CONFLICT (tenant, group_name, set_name) DO UPDATE SET is_given = EXCLUDED.is_given, changed_at = EXCLUDED.changed_at`,
      [name, isGiven, clock.now()],
    );

  /** What was staged, and done as ddm does it. */
  async function done(): Promise<Regroup[]> {
    const rows = await query<{ payload: string }>(
      `WITH t AS (DELETE FROM update_scheduler.outbox RETURNING outbox_id, payload)
       SELECT convert_from(payload, 'UTF8') AS payload FROM t ORDER BY outbox_id`,
    );
    const decode = decoderOf(declarationRegroup);
    const items = rows.flatMap(
      ({ payload }) => decode(payload, { tenant: 'default', at: new Date() }).items as Regroup[],
    );
    await query(
      `INSERT INTO ddm.declaration_set (tenant, set_id, name, created_at) VALUES ('default', $1, 'base', now()) ON CONFLICT DO NOTHING`,
      [SET],
    );
    for (const one of items) {
      await query(
        `INSERT INTO ddm.assignment (tenant, device_id, cause, set_id, sent_at)
         SELECT 'default', d, 'cause:' || $1, CASE WHEN d = ANY($2) THEN $4::uuid END, now() FROM unnest($2 || $3::text[]) d
         ON CONFLICT (tenant, device_id, cause) DO UPDATE SET set_id = EXCLUDED.set_id`,
        [one.group, one.joined, one.left, SET],
      );
    }
    return items;
  }
  const SET = '00000000-0000-4000-8000-000000000001';
  const holders = async (name: string) =>
    (
      await query<{ id: string }>(
        `SELECT device_id AS id FROM ddm.assignment WHERE cause = 'cause:' || $1 AND set_id IS NOT NULL ORDER BY 1`,
        [name],
      )
    ).map(({ id }) => id);

  it('are told of those who differ alone, a thousand at a time, and of nobody once it is done', async () => {
    await query(
      `INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, product_name, updated_at)
       SELECT 'default', 'd' || n, true, 1, 'macOS', 'Mac1', now() FROM generate_series(1, 2500) n`,
    );
    await group({ name: 'g1', any: [{ all: [{ fact: 'productName', operator: 'equals', value: 'Mac1' }] }] });
    await give('g1');
    await follow.run();
    expect((await done()).map(({ joined, left }) => [joined.length, left.length])).toEqual([
      [1000, 0],
      [1000, 0],
      [500, 0],
    ]);
    await device('d7', 'Mac2');
    await device('new', 'Mac1');
    await follow.run();
    expect(await done()).toEqual([{ group: 'g1', set: 'base', joined: ['new'], left: ['d7'] }]);
    await follow.run();
    expect(await done()).toEqual([]);
  });

  it('wait while what was told before is not done', async () => {
    await device('A', 'Mac1');
    await group({ name: 'g1', devices: ['A'] });
    await give('g1');
    store.backlog = 1_000;
    await follow.run();
    expect(await done()).toEqual([]);
    store.backlog = 0;
    await follow.run();
    expect(await done()).toHaveLength(1);
  });

  it('are followed again where they are given in the very millisecond in which they were taken back', async () => {
    await device('A', 'Mac1');
    await group({ name: 'g1', devices: ['A'] });
    for (const isGiven of [false, true, false]) {
      await give('g1', isGiven);
      await follow.run();
      await done();
      expect(await holders('g1')).toEqual(isGiven ? ['A'] : []);
    }
  });

  const name = fc.constantFrom(...GROUPS);
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('device' as const),
      id: fc.constantFrom(...DEVICES),
      product: fc.constantFrom('Mac1', 'Mac2', null),
      enrolled: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('group' as const),
      name,
      product: fc.constantFrom('Mac1', 'Mac2'),
      devices: fc.subarray(DEVICES),
      excludedDevices: fc.subarray(DEVICES),
    }),
    fc.record({ kind: fc.constant('remove' as const), name }),
    fc.record({ kind: fc.constant('give' as const), name, isGiven: fc.boolean() }),
    fc.record({ kind: fc.constant('follow' as const), lost: fc.boolean() }),
  );

  it('converge on the members, whatever changes in whatever order, also where a message is lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 15 }), async (steps) => {
        await clear();
        const facts = new Map<string, { product: string | null; enrolled: boolean }>();
        const specs = new Map<string, { product: string; devices: string[]; excludedDevices: string[] }>();
        const given = new Set<string>();
        for (const one of steps) {
          clock.set(new Date(clock.now().getTime() + 1000).toISOString());
          if (one.kind === 'device') {
            facts.set(one.id, one);
            await device(one.id, one.product, one.enrolled);
          } else if (one.kind === 'group') {
            specs.set(one.name, one);
            const any = [{ all: [{ fact: 'productName' as const, operator: 'equals' as const, value: one.product }] }];
            await group({ name: one.name, any, devices: one.devices, excludedDevices: one.excludedDevices });
          } else if (one.kind === 'remove') {
            specs.delete(one.name);
            await query('DELETE FROM update_scheduler.device_group WHERE name = $1', [one.name]);
          } else if (one.kind === 'give') {
            if (one.isGiven) given.add(one.name);
            else given.delete(one.name);
            await give(one.name, one.isGiven);
          } else {
            await follow.run();
            if (one.lost) await query('TRUNCATE update_scheduler.outbox');
            await done();
          }
        }
        await follow.run();
        await done();
        for (const each of GROUPS) {
          const spec = given.has(each) ? specs.get(each) : undefined;
          const isMember = (id: string) => {
            const { product, enrolled } = facts.get(id) ?? { product: null, enrolled: false };
            if (!spec || !enrolled || id.includes(':') || spec.excludedDevices.includes(id)) return false;
            return product === spec.product || spec.devices.includes(id);
          };
          expect([each, await holders(each)]).toEqual([each, DEVICES.filter(isMember).toSorted()]);
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('of a tenant are followed where the group of another tenant cannot be understood, which is told once', async () => {
    for (const id of ['A', 'B']) await device(id, 'Mac1');
    await group({ name: 'g1', any: [{ all: [{ fact: 'productName', operator: 'equals', value: 'Mac1' }] }] });
    await give('g1');
    await query(`INSERT INTO update_scheduler.device_group SELECT 'a', name, version, '{"name": "g1", "any": 1}', created_at, updated_at
                   FROM update_scheduler.device_group`);
    await query(
      `INSERT INTO ddm.group_set SELECT 'a', group_name, set_name, cause, is_given, changed_at FROM ddm.group_set`,
    );
    await follow.run();
    await follow.run();
    expect((await done())[0]).toEqual({ group: 'g1', set: 'base', joined: ['A', 'B'], left: [] });
    expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { keys: { tenant: 'a', group: 'g1', set: 'base' } },
    ]);
  });
});
