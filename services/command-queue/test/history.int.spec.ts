import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { PgDatabase } from '@lamplighter/storage';
import { testDatabase, type TestDatabase, waitFor } from '@lamplighter/testing';
import { PgCommandStore } from '../src/out/pg-command-store.ts';
import { START } from './fixtures.ts';

let database: TestDatabase;
let db: PgDatabase;

beforeAll(async () => {
  database = await testDatabase();
  db = database.as('command_queue');
});
afterAll(() => database.close());

it('makes the partition of a day beside somebody who reads history, and they never wait in a circle', async () => {
  const waits = {
    text: `SELECT FROM pg_locks WHERE NOT granted AND locktype = 'relation' AND database =
                           (SELECT oid FROM pg_database WHERE datname = current_database())`,
  };
  let attempts = 0;
  let made: Promise<void> | undefined;
  await db.transaction(async (tx) => {
    await tx.query({ text: 'SELECT FROM ONLY command_queue.command_history' });
    made = db.transaction(async (other) => {
      attempts += 1;
      await new PgCommandStore().keepHistory(other, START, 2);
    });
    await waitFor('the partition to wait for the reader', async () => (await db.query(waits)).length > 0);
    expect(await tx.query({ text: 'SELECT FROM command_queue.command_history' })).toEqual([]);
  });
  await made;
  // One that deadlocks is tried again.
  expect(attempts).toBe(1);
});
