import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Tx } from '@lamplighter/runtime';
import type { PgDatabase } from '@lamplighter/storage';
import { testDatabase, type TestDatabase, waitFor } from '@lamplighter/testing';
import { PgCommandStore } from '../src/out/pg-command-store.ts';
import { PgEnrollmentStore } from '../src/out/pg-enrollment-store.ts';
import type { SlotWinner } from '../src/ports/commands.ts';
import { enrollment, START, terms } from './fixtures.ts';

const tenants = ['default', 'other'];
const store = new PgCommandStore();
let database: TestDatabase;
let db: PgDatabase;

beforeAll(async () => {
  database = await testDatabase();
  db = database.as('command_queue');
});
afterAll(() => database.close());

beforeEach(async () => {
  await db.query({ text: 'TRUNCATE command_queue.command, command_queue.command_history, command_queue.enrollment' });
  await db.transaction(async (tx) => {
    for (const tenant of tenants) await new PgEnrollmentStore().begin(tx, enrollment('a', tenant));
    // The first use of a body holds up others of it until it is committed.
    await put(tx, 'Body', tenants);
  });
  await db.query({ text: 'TRUNCATE command_queue.command' });
});

/** What an enqueue does of a ScheduleOSUpdate for device a. */
async function put(tx: Tx, name: string, of: readonly string[]): Promise<void> {
  const groups = of.map((tenant) => terms(name, ['a'], { tenant, requestType: 'ScheduleOSUpdate' }));
  const news = await store.enqueue(tx, groups, START);
  const winners = groups.flatMap(({ tenant, slot }, index): SlotWinner[] =>
    news[index]!.map(({ deviceId, commandId }) => ({ tenant, deviceId, commandId, slot: slot! })),
  );
  await store.supersede(tx, winners, START);
}
const waiting = async () => {
  const text = 'SELECT tenant FROM command_queue.command ORDER BY tenant';
  return (await db.query<{ tenant: string }>({ text })).map((row) => row.tenant);
};
const blocked = {
  text: `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database =
                         (SELECT oid FROM pg_database WHERE datname = current_database())`,
};

describe('two enqueues at the same moment', () => {
  it('leave a device one command of a slot', async () => {
    let second: Promise<unknown> | undefined;
    let isDone = false;
    await db.transaction(async (tx) => {
      await put(tx, 'First', ['default']);
      second = db.transaction((other) => put(other, 'Second', ['default'])).then(() => (isDone = true));
      await waitFor('the second to wait', async () => isDone || (await db.query(blocked)).length > 0);
    });
    await second;
    expect(await waiting()).toEqual(['default']);
  });

  it('do not wait for each other where their tenants differ', async () => {
    await db.transaction(async (tx) => {
      await put(tx, 'First', ['default']);
      await db.transaction((other) => put(other, 'Second', ['other']));
    });
    expect(await waiting()).toEqual(['default', 'other']);
  });

  it('never wait for each other in a circle, in whatever order their tenants come', async () => {
    const orders = [tenants, tenants.toReversed()];
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => db.transaction((tx) => put(tx, `Command ${n}`, orders[n % 2]!))),
    );
    expect(await waiting()).toEqual(['default', 'other']);
  });
});
