import { expect, it } from '@jest/globals';
import { commandEnqueued } from '@lamplighter/contracts';
import { Tracer } from '@lamplighter/runtime';
import { silentLog, TestClock } from '@lamplighter/testing';
import { FakeCommandStore } from '../../test/fake-command-store.ts';
import { FakeEnrollmentStore } from '../../test/fake-enrollment-store.ts';
import { FakeQueue } from '../../test/fake-queue.ts';
import { enrollment, FakeDatabase, FakeOutbox, group, minutes, settings, START } from '../../test/fixtures.ts';
import { JudgeCommands } from './judge-commands.ts';
import { PutCommands } from './put-commands.ts';
import { QueueCommands } from './queue-commands.ts';
import { StepTools } from './step-tools.ts';

it.each([
  ['the queue, at once and again later', { push: true }, minutes(240).toISOString(), [1, minutes(10), false]],
  [
    'its sender, and the queue where that was in vain',
    { push: true, senderPushes: true as const },
    undefined,
    [1, minutes(10), false],
  ],
  ['nobody', { push: false }, undefined, [0, minutes(240), true]],
])('a command that is put is pushed for by %s', async (_who, terms, wanted, row) => {
  const db = new FakeDatabase();
  const outbox = new FakeOutbox();
  const queue = new FakeQueue();
  const commands = new FakeCommandStore(queue);
  const enrollments = new FakeEnrollmentStore(queue);
  await enrollments.begin(db, enrollment('a'));
  const queueing = new QueueCommands(outbox, commands, enrollments, new JudgeCommands(commands), settings);
  const tools = new StepTools(new TestClock(START), silentLog, new Tracer());
  const step = new PutCommands(db, commands, queueing, tools);
  const { results } = await step.run({
    tenant: 'default',
    sentAt: START.toISOString(),
    ...terms,
    group: group('Scan', ['a']),
  });
  expect(results).toMatchObject([{ outcome: 'queued' }]);
  const asked = outbox.of(commandEnqueued).flatMap(({ items }) => items);
  expect(asked.map(({ pushUntil }) => pushUntil)).toEqual([wanted]);
  expect(queue.rows.map((one) => [one.pushCount, one.dueAt, one.noPush])).toEqual([row]);
});
