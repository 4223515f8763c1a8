import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PgDatabase } from '@lamplighter/storage';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { PgCommandStore } from '../src/out/pg-command-store.ts';
import { PgEnrollmentStore } from '../src/out/pg-enrollment-store.ts';
import { commandId, connect, enrollment, minutes, terms } from './fixtures.ts';

const MOST = 32_767;
const commands = new PgCommandStore();
const enrollments = new PgEnrollmentStore();
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
    for (const id of ['restless', 'other']) await enrollments.begin(tx, enrollment(id));
    await commands.enqueue(tx, [terms('Scan', ['restless', 'other'])], minutes(0));
  });
});

const count = (text: string) =>
  db.query({ text: `UPDATE command_queue.command SET ${text} WHERE device_id = 'restless'` });
const handed = async (...items: Parameters<typeof connect>[]) => {
  const rows = await commands.exchange(
    db,
    items.map((item) => connect(...item)),
    minutes(1),
    0,
  );
  return rows.map(({ next }) => next?.commandId);
};

/** A device that asks without end must not take the turn of those that came with it: one statement serves them all. */
describe('counts that are full', () => {
  it('stay, when a device takes a command again and again and never answers it', async () => {
    await count(`state = 1, sent_count = ${MOST}`);
    expect(await handed(['restless'], ['other'])).toEqual([commandId('Scan', 'restless'), commandId('Scan', 'other')]);
  });

  it('stay, when it says NotNow again and again', async () => {
    await count(`state = 1, not_now_at = now(), not_now_count = ${MOST}`);
    expect(await handed(['restless', 'NotNow', 'Scan'], ['other'])).toEqual([undefined, commandId('Scan', 'other')]);
  });

  it('stay, when it is pushed again and again', async () => {
    await count(`push_count = ${MOST}, due_at = '${minutes(1).toISOString()}'`);
    const decision = { kind: 'push', reason: 'repush', dueAt: minutes(2) } as const;
    await db.transaction(async (tx) => {
      const due = await commands.takeDue(tx, minutes(1), 10);
      expect(due.map(({ pushCount }) => pushCount)).toContain(MOST);
      await commands.settleDue(
        tx,
        due.map((command) => ({ command, decision })),
        minutes(1),
      );
    });
  });
});
