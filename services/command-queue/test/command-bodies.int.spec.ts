import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Tx } from '@lamplighter/runtime';
import type { PgDatabase } from '@lamplighter/storage';
import { testDatabase, type TestDatabase, waitFor } from '@lamplighter/testing';
import { PgCommandStore } from '../src/out/pg-command-store.ts';
import { PgEnrollmentStore } from '../src/out/pg-enrollment-store.ts';
import { KeepHistory } from '../src/steps/keep-history.ts';
import { connect, enrollment, type GroupOptions, minutes, settings, START, terms } from './fixtures.ts';

const DAYS = 2;
const store = new PgCommandStore();
const day = (count: number) => minutes(count * 24 * 60);

let database: TestDatabase;
let db: PgDatabase;

beforeAll(async () => {
  database = await testDatabase();
  db = database.as('command_queue');
});
afterAll(() => database.close());

const put = (tx: Tx, name: string, deviceId: string, at = START, options: GroupOptions = {}) =>
  store.enqueue(tx, [terms(name, [deviceId], { at, expiresAt: new Date(at.getTime() + 1), ...options })], at);
const enqueue = (name: string, deviceId: string, at = START, options: GroupOptions = {}) =>
  db.transaction((tx) => put(tx, name, deviceId, at, options));
const acknowledge = (name: string, at: Date) =>
  db.transaction((tx) => store.exchange(tx, [connect('a', 'Acknowledged', name)], at, 0));
const remove = (tx: Tx, now: Date) => store.removeBodies(tx, new Date(now.getTime() - DAYS * 86_400_000), null, 10);
const bodies = async () => {
  const text = 'SELECT request_type FROM command_queue.command_body ORDER BY request_type';
  return (await db.query<{ request_type: string }>({ text })).map((row) => row.request_type);
};
const shown = async () => {
  const text = 'SELECT request_type, state FROM command_queue.command_v1 ORDER BY request_type, device_id';
  const rows = await db.query<{ request_type: string; state: string }>({ text });
  return rows.map((row) => `${row.request_type} ${row.state}`);
};
/** What the clock does on that day. */
const keepHistory = (now: Date) =>
  new KeepHistory(db, store, { now: () => now, realDelay: (ms) => ms }, { ...settings, LAMP_HISTORY_DAYS: DAYS }).run();

beforeEach(async () => {
  const tables = ['command', 'command_body', 'command_history', 'enrollment'].map((table) => `command_queue.${table}`);
  await db.query({ text: `TRUNCATE ${tables.join(', ')}` });
  await db.transaction(async (tx) => {
    for (const id of ['a', 'b']) await new PgEnrollmentStore().begin(tx, enrollment(id));
  });
});

describe('the bodies of commands', () => {
  it('go with the last day on which a command of theirs finished', async () => {
    await keepHistory(START);
    await enqueue('Password', 'a');
    await acknowledge('Password', START);
    await keepHistory(day(DAYS));
    expect(await shown()).toEqual(['Password Acknowledged']);
    await keepHistory(day(DAYS + 1));
    expect([await shown(), await bodies()]).toEqual([[], []]);
  });

  it('stay while a command waits, though it waits for longer than history is kept', async () => {
    await enqueue('Later', 'a', START, { notBefore: day(20), expiresAt: day(30) });
    await enqueue('Gone', 'a');
    await acknowledge('Gone', START);
    await keepHistory(day(10));
    expect(await bodies()).toEqual(['Later']);
    expect(await shown()).toEqual(['Later queued']);
  });

  it('stay while a command is kept that finished long after it was enqueued', async () => {
    await enqueue('Slow', 'a', START, { expiresAt: day(30) });
    await keepHistory(day(10));
    await acknowledge('Slow', day(10));
    await keepHistory(day(10 + DAYS));
    expect(await shown()).toEqual(['Slow Acknowledged']);
    await keepHistory(day(11 + DAYS));
    expect(await bodies()).toEqual([]);
  });

  it('stay where they are used again, and are written once a day at most', async () => {
    const versions = { text: 'SELECT DISTINCT xmin::text FROM command_queue.command_body' };
    await enqueue('Scan', 'a');
    const first = await db.query(versions);
    await enqueue('Scan', 'b', minutes(1));
    expect(await db.query(versions)).toEqual(first);
    await enqueue('Scan', 'a', day(5));
    expect(await db.query(versions)).not.toEqual(first);
  });

  it('are looked at page by page', async () => {
    for (const name of ['A', 'B', 'C']) {
      await enqueue(name, 'a');
      if (name !== 'B') await acknowledge(name, START);
    }
    await db.query({ text: 'TRUNCATE command_queue.command_history' });
    const page = (after: Awaited<ReturnType<typeof remove>>) =>
      db.transaction((tx) => store.removeBodies(tx, day(1), after, 2));
    const second = await page(await page(null));
    expect(await page(second)).toBeNull();
    expect(await bodies()).toEqual(['B']);
  });
});

describe('a body that is used again at the moment of its removal', () => {
  /** Nobody refers to it any more. */
  const leaveBody = async () => {
    await enqueue('Scan', 'a');
    await acknowledge('Scan', START);
    await db.query({ text: 'TRUNCATE command_queue.command_history' });
  };

  it('stays where the enqueue was first, and the removal waits for nobody', async () => {
    await leaveBody();
    await db.transaction(async (tx) => {
      await put(tx, 'Scan', 'b', day(5));
      await db.transaction((other) => remove(other, day(5)));
    });
    await db.transaction((tx) => remove(tx, day(5)));
    expect(await shown()).toEqual(['Scan queued']);
  });

  it('is stored anew where the removal was first', async () => {
    await leaveBody();
    let enqueued: Promise<unknown> | undefined;
    let hasEnqueued = false;
    const waits = {
      text: `SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'
                AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`,
    };
    await db.transaction(async (tx) => {
      await remove(tx, day(5));
      enqueued = enqueue('Scan', 'b', day(5)).then(() => (hasEnqueued = true));
      await waitFor('the enqueue to wait', async () => hasEnqueued || (await db.query(waits)).length > 0);
      expect(hasEnqueued).toBe(false);
    });
    await enqueued;
    expect(await shown()).toEqual(['Scan queued']);
  });

  it('stays for the transaction that found it to be of today, and does not make that one wait for another of its wave', async () => {
    await enqueue('Scan', 'a', day(5));
    await db.transaction(async (tx) => {
      await put(tx, 'Scan', 'b', day(5));
      await enqueue('Scan', 'a', day(5), { cause: 'another' });
      await db.transaction((other) => remove(other, day(6)));
    });
    expect(await shown()).toEqual(['Scan queued', 'Scan queued']);
  });
});
