import { encodeMessage, message, updateAdvanced } from '@lamplighter/contracts';
import { type TestDatabase, testDatabase } from '@lamplighter/testing';
import { PgOutbox } from './pg-outbox.ts';

const sample = (id: string) =>
  message(updateAdvanced, { id, tenant: 'default', at: new Date('2026-11-20T02:00:00Z') }, [
    {
      rolloutId: '00000000-0000-8000-8000-000000000000',
      deviceId: 'A',
      from: 'planned',
      to: 'scanning',
      at: '2026-11-20T02:00:00Z',
    },
  ]);

describe('PgOutbox', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  it('publishes what a committed transaction staged, in order, and forgets it', async () => {
    const own = database.as('update_scheduler');
    const outbox = new PgOutbox(own, 'update_scheduler', 'lamp');
    await own.transaction(async (tx) => {
      for (const id of ['one', 'two', 'three']) await outbox.stage(tx, updateAdvanced, sample(id), 'A');
    });
    const seen: string[] = [];
    expect(await outbox.drain(10, async (rows) => void seen.push(...rows.map((row) => row.messageId)))).toBe(3);
    expect(seen).toEqual(['update.advanced:one', 'update.advanced:two', 'update.advanced:three']);
    expect(await outbox.drain(10, async () => {})).toBe(0);
  });

  it('publishes nothing of a transaction that rolled back', async () => {
    const own = database.as('update_scheduler');
    const outbox = new PgOutbox(own, 'update_scheduler', 'lamp');
    const failing = own.transaction(async (tx) => {
      await outbox.stage(tx, updateAdvanced, sample('lost'), 'A');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await outbox.drain(10, async () => {})).toBe(0);
  });

  it('keeps rows whose publishing failed', async () => {
    const own = database.as('update_scheduler');
    const outbox = new PgOutbox(own, 'update_scheduler', 'lamp');
    await own.transaction((tx) => outbox.stage(tx, updateAdvanced, sample('kept'), 'A'));
    await expect(outbox.drain(10, async () => Promise.reject(new Error('broker away')))).rejects.toThrow('broker away');
    expect(await outbox.drain(10, async () => {})).toBe(1);
  });

  it('publishes the same of what it has at hand and of what it reads: its own of before, and what another replica staged', async () => {
    const own = database.as('update_scheduler');
    const [outbox, other] = [
      new PgOutbox(own, 'update_scheduler', 'lamp'),
      new PgOutbox(own, 'update_scheduler', 'lamp'),
    ];
    await own.transaction(async (tx) => {
      await outbox.stage(tx, updateAdvanced, sample('Gerät-東京'), 'A');
      await other.stage(tx, updateAdvanced, sample('of another'), 'A');
    });
    const looks: [string, string][][] = [];
    const look = (source: PgOutbox, then: () => void) =>
      source.drain(10, async (rows) => {
        looks.push(rows.map(({ messageId, payload }) => [messageId, payload.toString()]));
        then();
      });
    const fail = () => {
      throw new Error('broker away');
    };
    for (const source of [outbox, other, outbox]) await expect(look(source, fail)).rejects.toThrow('broker away');
    expect(await look(other, () => undefined)).toBe(2);
    const expected = ['Gerät-東京', 'of another'].map((id) => [
      `update.advanced:${id}`,
      encodeMessage(sample(id)).toString(),
    ]);
    expect(looks).toEqual([expected, expected, expected, expected]);
  });

  it('does not read back what it has at hand', async () => {
    const own = database.as('update_scheduler');
    const outbox = new PgOutbox(own, 'update_scheduler', 'lamp');
    await own.transaction((tx) => outbox.stage(tx, updateAdvanced, sample('at hand'), 'A'));
    await own.query({ text: `UPDATE update_scheduler.outbox SET payload = 'unlike'` });
    const seen: string[] = [];
    await outbox.drain(10, async (rows) => void seen.push(...rows.map(({ payload }) => payload.toString())));
    expect(seen).toEqual([encodeMessage(sample('at hand')).toString()]);
  });

  it("refuses a service another service's table", async () => {
    const foreign = database.as('apns_push');
    const read = foreign.query({ text: 'SELECT * FROM update_scheduler.outbox' });
    await expect(read).rejects.toThrow(/permission denied/);
  });
});
