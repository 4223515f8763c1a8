import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CommandGroup, commandEnqueue, commandEnqueued, message } from '@lamplighter/contracts';
import { Tracer } from '@lamplighter/runtime';
import type { PgDatabase } from '@lamplighter/storage';
import { silentLog, TestClock, testDatabase, type TestDatabase } from '@lamplighter/testing';
import { PgCommandStore } from '../src/out/pg-command-store.ts';
import { PgEnrollmentStore } from '../src/out/pg-enrollment-store.ts';
import { EnqueueCommands } from '../src/steps/enqueue-commands.ts';
import { JudgeCommands } from '../src/steps/judge-commands.ts';
import { QueueCommands } from '../src/steps/queue-commands.ts';
import { StepTools } from '../src/steps/step-tools.ts';
import { connect, enrollment, FakeOutbox, group, minutes, settings } from './fixtures.ts';

const DAY = 24 * 60;
const commands = new PgCommandStore();
const enrollments = new PgEnrollmentStore();
let database: TestDatabase;
let db: PgDatabase;
let outbox: FakeOutbox;

beforeAll(async () => {
  database = await testDatabase();
  db = database.as('command_queue');
});
afterAll(() => database.close());

beforeEach(async () => {
  outbox = new FakeOutbox();
  await db.query({ text: 'TRUNCATE command_queue.command, command_queue.command_history, command_queue.enrollment' });
  await db.transaction(async (tx) => {
    for (const id of ['a', 'b']) await enrollments.begin(tx, enrollment(id));
  });
});

/** Messages that arrive at that minute, each staged when it says. */
async function arrive(minute: number, ...sent: { id: string; groups: CommandGroup[]; stagedAt?: number }[]) {
  const tools = new StepTools(new TestClock(minutes(minute)), silentLog, new Tracer());
  const queueing = new QueueCommands(outbox, commands, enrollments, new JudgeCommands(commands), settings);
  const batch = sent.map(({ id, groups, stagedAt = 0 }) =>
    message(commandEnqueue, { id, tenant: 'default', at: minutes(stagedAt) }, groups),
  );
  await new EnqueueCommands(db, queueing, tools).run(batch);
}
const finish = (name: string, deviceId: string, minute: number) =>
  db.transaction(async (tx) => {
    await commands.exchange(tx, [connect(deviceId)], minutes(minute), 0);
    await commands.exchange(tx, [connect(deviceId, 'Acknowledged', name)], minutes(minute), 0);
  });
const waiting = async () => {
  const text = 'SELECT device_id FROM command_queue.command ORDER BY device_id';
  return (await db.query<{ device_id: string }>({ text })).map(({ device_id }) => device_id);
};
const told = () => outbox.of(commandEnqueued).flatMap(({ items }) => items.map(({ deviceId }) => deviceId));
const scan = (...deviceIds: string[]) => [group('Scan', deviceIds, { expiresAt: minutes(10 * DAY) })];

describe('a command runs once', () => {
  it('when its message is delivered again: alone, beside others, and twice in one batch', async () => {
    const first = { id: 'm1', groups: scan('a') };
    await arrive(0, first, first);
    await arrive(1, first);
    await arrive(2, { id: 'm2', groups: scan('b') }, first);
    expect(await waiting()).toEqual(['a', 'b']);
    expect(told()).toEqual(['a', 'b']);
  });

  it('when it comes in two different messages, at once or one after the other', async () => {
    await arrive(0, { id: 'm1', groups: scan('a') }, { id: 'm2', groups: scan('a', 'b') });
    await arrive(1, { id: 'm3', groups: scan('b', 'a') });
    expect(await waiting()).toEqual(['a', 'b']);
    expect(told().toSorted()).toEqual(['a', 'b']);
  });

  it('when it comes again after it has finished, in the same message or in another', async () => {
    await arrive(0, { id: 'm1', groups: scan('a') });
    await finish('Scan', 'a', 1);
    await arrive(2, { id: 'm1', groups: scan('a') });
    await arrive(3, { id: 'm2', groups: scan('a', 'b'), stagedAt: 2 });
    expect(await waiting()).toEqual(['b']);
    expect(told()).toEqual(['a', 'b']);
  });

  it('when its message comes again on another day than that on which it finished', async () => {
    for (const day of [0, 1, 2]) await db.transaction((tx) => commands.keepHistory(tx, minutes(day * DAY), 30));
    await arrive(0, { id: 'm1', groups: scan('a', 'b') });
    await finish('Scan', 'a', 10);
    await finish('Scan', 'b', DAY);
    await arrive(3 * DAY, { id: 'm1', groups: scan('a', 'b') });
    await arrive(3 * DAY, { id: 'm2', groups: scan('a', 'b'), stagedAt: DAY });
    expect(await waiting()).toEqual([]);
    expect(told()).toEqual(['a', 'b']);
    const text = 'SELECT count(DISTINCT tableoid)::int AS days FROM command_queue.command_history';
    expect(await db.query({ text })).toEqual([{ days: 2 }]);
  });
});

it('looks into history by the key alone, also where it was planned while history was empty', async () => {
  const text = `SELECT indexrelid::regclass::text AS name FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                 WHERE i.indrelid = 'command_queue.command_history'::regclass AND a.attname = 'tenant'`;
  expect(await db.query({ text })).toEqual([{ name: 'command_queue.command_history_pkey' }]);
});
