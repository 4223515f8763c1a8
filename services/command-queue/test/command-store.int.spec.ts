import { afterAll, beforeAll } from '@jest/globals';
import type { PgDatabase } from '@lamplighter/storage';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { PgCommandStore } from '../src/out/pg-command-store.ts';
import { PgEnrollmentStore } from '../src/out/pg-enrollment-store.ts';
import { commandStoreSuite } from './command-store.suite.ts';

const tables = ['command', 'command_body', 'command_history', 'enrollment', 'revoked_cause'];

let database: TestDatabase;
let db: PgDatabase;

beforeAll(async () => {
  database = await testDatabase();
  db = database.as('command_queue');
});
afterAll(() => database.close());

commandStoreSuite('the command store on PostgreSQL', async () => {
  await db.query({ text: `TRUNCATE ${tables.map((table) => `command_queue.${table}`).join(', ')}` });
  return { db, commands: new PgCommandStore(), enrollments: new PgEnrollmentStore() };
});
