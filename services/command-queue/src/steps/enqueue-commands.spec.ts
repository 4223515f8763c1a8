import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  commandEnqueue,
  commandEnqueued,
  commandsEnqueued,
  commandEnded,
  commandsIn,
  type EnqueueGroup,
  type Message,
  message,
  packGroup,
} from '@lamplighter/contracts';
import { Tracer } from '@lamplighter/runtime';
import { silentLog, TestClock } from '@lamplighter/testing';
import { FakeCommandStore } from '../../test/fake-command-store.ts';
import { FakeEnrollmentStore } from '../../test/fake-enrollment-store.ts';
import { FakeQueue } from '../../test/fake-queue.ts';
import { enrollment, FakeDatabase, FakeOutbox, group, minutes, settings, START } from '../../test/fixtures.ts';
import { StepTools } from './step-tools.ts';
import { EnqueueCommands } from './enqueue-commands.ts';
import { JudgeCommands } from './judge-commands.ts';
import { QueueCommands } from './queue-commands.ts';

const db = new FakeDatabase();
let outbox: FakeOutbox;
let queue: FakeQueue;
let step: EnqueueCommands;

const batch = (id: string, items: EnqueueGroup[], tenant = 'default'): Message<EnqueueGroup> =>
  message(commandEnqueue, { id, tenant, at: START }, items);

const wakes = () =>
  outbox.of(commandEnqueued).flatMap(({ items }) => items.map(({ deviceId, pushUntil }) => [deviceId, pushUntil]));

beforeEach(async () => {
  outbox = new FakeOutbox();
  queue = new FakeQueue();
  const commands = new FakeCommandStore(queue);
  const queueing = new QueueCommands(
    outbox,
    commands,
    new FakeEnrollmentStore(queue),
    new JudgeCommands(commands),
    settings,
  );
  step = new EnqueueCommands(db, queueing, new StepTools(new TestClock(START), silentLog, new Tracer()));
  const enrollments = new FakeEnrollmentStore(queue);
  for (const id of ['a', 'b', 'c']) await enrollments.begin(db, enrollment(id));
});

describe('enqueue-commands', () => {
  it('announces a message once, and until when its devices are to be woken', async () => {
    await step.run([batch('m1', [group('Scan', ['a', 'b']), group('List', ['a'], { expiresAt: minutes(300) })])]);
    expect(outbox.of(commandEnqueued).map((each) => each.items.map((item) => item.deviceId))).toEqual([
      ['a', 'b', 'a'],
    ]);
    expect(wakes()).toEqual([
      ['a', minutes(240).toISOString()],
      ['b', minutes(240).toISOString()],
      ['a', minutes(300).toISOString()],
    ]);
    expect(queue.rows.map((row) => [row.pushCount, row.dueAt])).toEqual(Array(3).fill([1, minutes(10)]));
  });

  it('takes many commands in columns, and tells of them in columns', async () => {
    const ids = Array.from({ length: 120 }, (_, n) => `mac-${n}`);
    for (const id of ids.slice(1)) await new FakeEnrollmentStore(queue).begin(db, enrollment(id));
    const many = packGroup(group('Scan', ids));
    expect(many.commands).toEqual([]);
    await step.run([batch('m1', [many, group('List', ['a'])])]);
    expect(outbox.staged.map(({ name }) => name)).toEqual(['commands.enqueued', 'command.ended']);
    const told = outbox.of(commandsEnqueued).flatMap(({ items }) => items);
    expect(told.map(({ pushUntil }) => pushUntil)).toEqual(Array(2).fill(minutes(240).toISOString()));
    const named = told.flatMap(commandsIn).map(({ deviceId, commandId }) => [deviceId, commandId]);
    expect(named).toEqual(queue.rows.map((row) => [row.deviceId, row.commandId]));
    expect(queue.rows).toHaveLength(120);
  });

  it('tells of many in columns until when each is to be woken, of a repeat nothing, and of what is new of it under another id', async () => {
    const ids = Array.from({ length: 150 }, (_, n) => `mac-${n}`);
    const groups = [ids.slice(0, 60), ids.slice(60, 149), ids.slice(149)].map((some, n) =>
      packGroup(group('Scan', some, { expiresAt: minutes(240 + n) })),
    );
    const enroll = async (some: string[]) => {
      for (const id of some) await new FakeEnrollmentStore(queue).begin(db, enrollment(id));
    };
    await enroll(ids.slice(0, 70));
    for (const some of [[], [], ids.slice(70)]) {
      await enroll(some);
      await step.run([batch('m1', groups)]);
    }
    const told = outbox.of(commandsEnqueued);
    expect(told.map(({ items }) => items.map((one) => [one.deviceIds.length, one.pushUntil]))).toEqual([
      [
        [60, minutes(240).toISOString()],
        [10, minutes(241).toISOString()],
      ],
      [
        [79, minutes(241).toISOString()],
        [1, minutes(242).toISOString()],
      ],
    ]);
    expect(told.flatMap(({ items }) => items.flatMap(commandsIn)).map(({ commandId }) => commandId)).toEqual(
      queue.rows.map((row) => row.commandId),
    );
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  });

  it('takes nothing of a message whose columns differ in length', async () => {
    const many = packGroup(group('Scan', Array(60).fill('a')));
    const broken = { ...many, many: [{ ...many.many![0]!, commandIds: 'AAAA' }] };
    await expect(step.run([batch('m1', [group('List', ['b']), broken])])).rejects.toMatchObject({
      code: 'message.invalid',
    });
    expect(queue.rows).toEqual([]);
  });

  it('announces nothing for a repeat', async () => {
    const again = batch('m1', [group('Scan', ['a'])]);
    await step.run([again]);
    await step.run([again]);
    expect(outbox.staged.map(({ name }) => name)).toEqual(['command.enqueued']);
  });

  it('tells of devices that enrolled before their order came again under an id of its own, so that they are woken', async () => {
    const order = batch('m1', [group('Scan', ['a', 'late'])]);
    await step.run([order]);
    await new FakeEnrollmentStore(queue).begin(db, enrollment('late'));
    await step.run([order]);
    const told = outbox.of(commandEnqueued);
    expect(told.map(({ items }) => items.map(({ deviceId }) => deviceId))).toEqual([['a'], ['late']]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  });

  it('tells who waits that a command for a device that has left was not queued', async () => {
    await step.run([batch('m1', [group('Scan', ['a', 'stranger'])])]);
    const [told] = outbox.of(commandEnded);
    expect(told?.items).toMatchObject([
      { deviceId: 'stranger', requestType: 'Scan', handedOver: false, outcome: 'refused', reason: 'unrecognized' },
    ]);
  });

  it('names only what is new of a message that is partly known', async () => {
    await step.run([batch('m1', [group('Scan', ['a'])])]);
    await step.run([batch('m2', [group('Scan', ['a', 'b', 'stranger'])])]);
    expect(
      outbox
        .of(commandEnqueued)
        .at(-1)
        ?.items.map((item) => item.deviceId),
    ).toEqual(['b']);
  });

  it('asks for no push before the start of a command', async () => {
    await step.run([batch('m1', [group('Poll', ['a'], { notBefore: minutes(30) })])]);
    expect(wakes()).toEqual([['a', undefined]]);
    expect(queue.rows.map((row) => [row.pushCount, row.dueAt])).toEqual([[0, minutes(30)]]);
  });

  it('asks for no push for a command that is already too late', async () => {
    await step.run([batch('m1', [group('Scan', ['a'], { expiresAt: START })])]);
    expect(wakes()).toEqual([['a', undefined]]);
    expect(queue.rows.map((row) => row.dueAt)).toEqual([START]);
  });

  it('refuses what a device cannot take and what is malformed, tells it, and queues the rest', async () => {
    const facts = { productName: 'Mac15,12', osVersion: '27.1' };
    await new FakeEnrollmentStore(queue).begin(db, { ...enrollment('newest'), facts });
    const broken = group('Broken', ['a']);
    broken.bodies = [{ ...broken.bodies[0]!, command: '<string/>' }];
    await step.run([batch('m1', [group('ScheduleOSUpdate', ['a', 'newest']), broken])]);
    expect(queue.rows.map((row) => [row.deviceId, row.requestType])).toEqual([['a', 'ScheduleOSUpdate']]);
    const told = outbox.of(commandEnded).flatMap((each) => each.items);
    expect(told.map((item) => [item.deviceId, item.requestType, item.reason])).toEqual([
      ['a', 'Broken', 'malformed'],
      ['newest', 'ScheduleOSUpdate', 'removed'],
    ]);
    expect(told[1]?.detail).toContain('27.1');
  });

  it('does not refuse a repeat for a device that was updated meanwhile', async () => {
    await step.run([batch('m1', [group('ScheduleOSUpdate', ['a'])])]);
    queue.enrollments.get('default a')!.facts = { productName: 'Mac15,12', osVersion: '27.1' };
    await step.run([batch('m1', [group('ScheduleOSUpdate', ['a'])])]);
    expect(outbox.of(commandEnded)).toEqual([]);
    expect(queue.rows).toHaveLength(1);
  });

  it('keeps the messages of a batch and their tenants apart', async () => {
    await new FakeEnrollmentStore(queue).begin(db, enrollment('a', 'other'));
    await step.run([batch('m1', [group('Scan', ['a'])]), batch('m2', [group('Scan', ['a'])], 'other')]);
    expect(outbox.of(commandEnqueued).map((each) => each.tenant)).toEqual(['default', 'other']);
    expect(new Set(outbox.staged.map(({ message: each }) => each.id)).size).toBe(2);
  });
});
