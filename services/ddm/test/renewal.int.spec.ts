import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { declarationsTokenOf, type DeclarationItem } from '@lamplighter/apple';
import type { NewDeclaration } from '@lamplighter/contracts';
import { parseConfig } from '@lamplighter/runtime';
import { type PgDatabase, PgOutbox } from '@lamplighter/storage';
import { silentLog, testDatabase, TestClock, type TestDatabase } from '@lamplighter/testing';
import { config } from '../src/config.ts';
import { PgAssignmentStore } from '../src/out/pg-assignment-store.ts';
import { PgDeclarationStore, PgTurns } from '../src/out/pg-declaration-store.ts';
import { PgManifestStore, PgPace } from '../src/out/pg-manifest-store.ts';
import { ArrangeDevices } from '../src/steps/arrange-devices.ts';
import { AssignDeclarations } from '../src/steps/assign-declarations.ts';
import { ChangeDeclarations } from '../src/steps/change-declarations.ts';
import { ChangeSets } from '../src/steps/change-sets.ts';
import { RenewManifests } from '../src/steps/renew-manifests.ts';
import { TellDevices } from '../src/steps/tell-devices.ts';
import { TellOfChanges } from '../src/steps/tell-of-changes.ts';

const tenant = 'default';
const DEVICES = 700;
const PAGE = 500;
const test = (identifier: string, Echo: string): NewDeclaration => ({
  identifier,
  type: 'com.apple.configuration.management.test',
  payload: { Echo },
});

/** The steps of one process; another one that takes over has the database alone. */
function stepsOn(db: PgDatabase, clock: TestClock) {
  const settings = parseConfig('ddm', config, {});
  const [turns, declarations, assignments] = [new PgTurns(), new PgDeclarationStore(), new PgAssignmentStore()];
  const manifests = new PgManifestStore(db);
  const tell = new TellDevices(new PgOutbox(db, 'ddm', 'lamp'), manifests, new PgPace(settings), settings);
  const arrange = new ArrangeDevices(declarations, assignments, manifests, tell);
  return {
    arrange,
    assign: new AssignDeclarations(db, turns, declarations, assignments, arrange, clock),
    change: new ChangeDeclarations(db, turns, declarations, arrange, clock),
    sets: new ChangeSets(db, turns, declarations, assignments, manifests, arrange, clock),
    renew: new RenewManifests(db, turns, manifests, arrange, clock, silentLog),
    tell: new TellOfChanges(db, turns, manifests, tell, clock, silentLog),
  };
}

describe('a declaration of more manifests than one transaction takes', () => {
  const clock = new TestClock('2026-11-20T02:00:00Z');
  let database: TestDatabase;
  let db: PgDatabase;
  let steps: ReturnType<typeof stepsOn>;
  let former: Map<string, Told>;

  type Told = { count: number; token: string };
  const told = async () => {
    const rows = await db.query<Told & { deviceId: string; own: string }>({
      text: `SELECT d.device_id AS "deviceId", d.told_count AS count, d.told_token AS token, m.declarations_token AS own
               FROM ddm.device d JOIN ddm.manifest m USING (tenant, manifest_id)`,
    });
    expect(rows).toHaveLength(DEVICES);
    for (const { token, own } of rows) expect(token).toBe(own);
    return new Map(rows.map(({ deviceId, count, token }) => [deviceId, { count, token }]));
  };
  /** How many manifests have which content; each is one whole, whenever it is read. */
  const contents = async () => {
    const rows = await db.query<{ token: string; tokens: string; items: string; identifiers: string[] }>({
      text: `SELECT declarations_token AS token, tokens_document AS tokens, items_document AS items, ARRAY(
                      SELECT identifier::text FROM ddm.manifest_declaration h
                       WHERE h.tenant = m.tenant AND h.manifest_id = m.manifest_id ORDER BY 1) AS identifiers
               FROM ddm.manifest m`,
    });
    const counts = new Map<string, number>();
    for (const { token, tokens, items, identifiers } of rows) {
      const { Declarations, DeclarationsToken } = JSON.parse(items) as {
        Declarations: { Configurations: { Identifier: string; ServerToken: string }[] };
        DeclarationsToken: string;
      };
      const held = Declarations.Configurations.map(({ Identifier, ServerToken }): DeclarationItem => {
        return { kind: 'configuration', identifier: Identifier, serverToken: ServerToken };
      });
      expect([DeclarationsToken, (JSON.parse(tokens) as typeof SYNC).SyncTokens.DeclarationsToken]).toEqual([
        token,
        token,
      ]);
      expect(declarationsTokenOf(held)).toBe(token);
      expect(held.map(({ identifier }) => identifier).toSorted()).toEqual(identifiers);
      const base = held.find(({ identifier }) => identifier === 'base')!.serverToken;
      counts.set(base, (counts.get(base) ?? 0) + 1);
    }
    return [...counts.values()].toSorted((a, b) => b - a);
  };
  const SYNC = { SyncTokens: { DeclarationsToken: '' } };
  const put = (echo: string, notify = true) => steps.change.put({ tenant, declaration: test('base', echo), notify });
  const order = (orders: { cause: string; declarations: NewDeclaration[]; devices: string[] }[]) =>
    db.transaction((tx) => {
      const sent = orders.map((one) => ({ ...one, sentAt: clock.now() }));
      return steps.assign.assign(tx, { tenant, orders: sent, tell: 'changed' }, clock.now());
    });
  const all = async (step: { run(): Promise<boolean> }) => {
    let pages = 0;
    while (await step.run()) pages += 1;
    return pages;
  };
  const toldMore = async () => {
    const now = await told();
    return new Set([...now].map(([id, { count }]) => count - former.get(id)!.count));
  };

  beforeAll(async () => {
    database = await testDatabase();
    db = database.as('ddm');
    steps = stepsOn(db, clock);
    const ids = Array.from({ length: DEVICES }, (_, n) => `D${n}`);
    const own = ids.map((id) => ({ cause: `own ${id}`, declarations: [test(`own ${id}`, id)], devices: [id] }));
    await order([{ cause: 'base', declarations: [test('base', 'first')], devices: ids }, ...own]);
  }, 120_000);
  beforeEach(async () => {
    clock.advance(60_000);
    former = await told();
  });
  afterAll(() => database.close());

  it('reaches them a page at a time, and each of their devices once', async () => {
    expect(await contents()).toEqual([DEVICES]);
    await put('second');
    expect(await contents()).toEqual([DEVICES]);
    await steps.renew.run();
    expect(await contents()).toEqual([PAGE, DEVICES - PAGE]);
    expect(await all(steps.renew)).toBe(1);
    expect(await contents()).toEqual([DEVICES]);
    // Devices that share no manifest are told together all the same.
    expect(await all(steps.tell)).toBeLessThan(4);
    expect(await toldMore()).toEqual(new Set([1]));
  });

  it('is gone on with by whoever comes after one that died in the middle', async () => {
    await put('third');
    await steps.renew.run();
    const dies = db.transaction(async (tx) => {
      await steps.arrange.renewNext(tx, tenant, clock.now());
      throw new Error('the process ends here');
    });
    await expect(dies).rejects.toThrow('ends here');
    expect(await contents()).toEqual([PAGE, DEVICES - PAGE]);
    const other = stepsOn(db, clock);
    expect(await all(other.renew)).toBe(1);
    expect(await contents()).toEqual([DEVICES]);
    await all(other.tell);
    expect(await toldMore()).toEqual(new Set([1]));
  });

  it('that changes again in the middle ends as it was changed last', async () => {
    await put('fourth');
    await steps.renew.run();
    await put('fifth', false);
    await steps.renew.run();
    expect((await contents())[0]).toBeGreaterThan(0);
    await all(steps.renew);
    expect(await contents()).toEqual([DEVICES]);
    await all(steps.tell);
    expect(await toldMore()).toEqual(new Set([1]));
  });

  it('is reached as well through as many sets as devices', async () => {
    const some = Array.from({ length: PAGE + 100 }, (_, n) => `D${n}`);
    const give = (echo: string, devices: string[]) =>
      order([
        ...devices.map((id) => ({ cause: `more ${id}`, declarations: [test('more', echo)], devices: [id] })),
        { cause: 'beside', declarations: [test('beside', echo)], devices },
      ]);
    await give('first', some);
    former = await told();
    clock.advance(60_000);
    await give('second', some.slice(0, 1));
    // Page by page, not set by set.
    expect(await all(steps.renew)).toBeLessThan(4);
    expect(await all(steps.tell)).toBeLessThan(4);
    const now = await told();
    const more = [...now].filter(([id, { count }]) => count === former.get(id)!.count + 1).map(([id]) => id);
    expect(new Set(more)).toEqual(new Set(some));
  });

  it('tells nobody where nobody is to be told, and all that it is asked to tell', async () => {
    await steps.sets.notify({ tenant, deviceIds: [], sets: [], identifiers: ['base'] });
    await all(steps.renew);
    await all(steps.tell);
    expect(await toldMore()).toEqual(new Set([1]));
    await put('sixth', false);
    await all(steps.renew);
    await all(steps.tell);
    const counts = await db.query({
      text: `SELECT FROM ddm.device d JOIN ddm.manifest m USING (tenant, manifest_id) WHERE d.told_token <> m.declarations_token`,
    });
    expect(counts).toHaveLength(DEVICES);
  });
});
