import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PgDatabase } from '@lamplighter/storage';
import { testDatabase, type TestDatabase, waitFor } from '@lamplighter/testing';
import { PgCommandStore } from '../src/out/pg-command-store.ts';
import { PgEnrollmentStore } from '../src/out/pg-enrollment-store.ts';
import { commandId, connect, enrollment, minutes, terms } from './fixtures.ts';

const commands = new PgCommandStore();
const enrollments = new PgEnrollmentStore();
let database: TestDatabase;
let db: PgDatabase;

beforeAll(async () => {
  database = await testDatabase();
  db = database.as('command_queue');
  await db.transaction(async (tx) => {
    for (const id of ['torn', 'other']) await enrollments.begin(tx, enrollment(id));
    await commands.enqueue(tx, [terms('Scan', ['torn', 'other'])], minutes(0));
  });
});
afterAll(() => database.close());

const waits = async () => {
  const text = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%incoming AS MATERIALIZED%'`;
  return (await database.admin.query({ text })).length > 0;
};

describe('a device that checks in and connects at once', () => {
  it('holds up nobody else: of the two that wait for each other one begins anew', async () => {
    let answered: ReturnType<typeof commands.exchange> | undefined;
    await db.transaction(async (tx) => {
      await enrollments.lock(tx, 'default', 'torn');
      // Either may be the one that begins anew.
      if (answered === undefined) {
        answered = commands.exchange(db, [connect('torn'), connect('other')], minutes(1), 0);
        // Reported where it is awaited.
        answered.catch(() => undefined);
        await waitFor('the connection waits for the check-in', waits);
      }
      await commands.makeDue(tx, 'default', 'torn', minutes(0));
    });
    const rows = await answered!;
    expect(rows.map(({ next }) => next?.commandId)).toEqual([commandId('Scan', 'torn'), commandId('Scan', 'other')]);
  });
});
