import { message, updateAdvanced } from '@lamplighter/contracts';
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
  }, 60_000);
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

  it("refuses a service another service's table", async () => {
    const foreign = database.as('apns_push');
    const read = foreign.query({ text: 'SELECT * FROM update_scheduler.outbox' });
    await expect(read).rejects.toThrow(/permission denied/);
  });
});
