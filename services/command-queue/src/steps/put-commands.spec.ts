import { beforeEach, describe, expect, it } from '@jest/globals';
import { commandEnded, commandEnqueued } from '@lamplighter/contracts';
import { Tracer } from '@lamplighter/runtime';
import { silentLog, TestClock } from '@lamplighter/testing';
import { FakeCommandStore } from '../../test/fake-command-store.ts';
import { FakeEnrollmentStore } from '../../test/fake-enrollment-store.ts';
import { FakeQueue } from '../../test/fake-queue.ts';
import {
  commandId,
  connect,
  enrollment,
  FakeDatabase,
  FakeOutbox,
  group,
  type GroupOptions,
  settings,
  START,
  terms,
} from '../../test/fixtures.ts';
import { CancelCommands } from './cancel-commands.ts';
import { JudgeCommands } from './judge-commands.ts';
import { PutCommands } from './put-commands.ts';
import { QueueCommands } from './queue-commands.ts';
import { StepTools } from './step-tools.ts';

const db = new FakeDatabase();
let queue: FakeQueue;
let outbox: FakeOutbox;
let commands: FakeCommandStore;
let put: PutCommands;
let cancel: CancelCommands;

beforeEach(async () => {
  queue = new FakeQueue();
  outbox = new FakeOutbox();
  commands = new FakeCommandStore(queue);
  const enrollments = new FakeEnrollmentStore(queue);
  const queueing = new QueueCommands(outbox, commands, enrollments, new JudgeCommands(commands), settings);
  const tools = new StepTools(new TestClock(START), silentLog, new Tracer());
  put = new PutCommands(db, commands, queueing, tools);
  cancel = new CancelCommands(db, outbox, commands, tools);
  for (const id of ['a', 'b']) await enrollments.begin(db, enrollment(id));
  const facts = { productName: 'Mac15,12', osVersion: '27.0' };
  await enrollments.begin(db, { ...enrollment('newest'), facts });
});

async function ask(name: string, deviceIds: string[], options: GroupOptions = {}) {
  const asked = { tenant: 'default', sentAt: START.toISOString(), push: true };
  const { results } = await put.run({ ...asked, group: group(name, deviceIds, options) });
  return results.map((one) => [one.deviceId, one.outcome === 'refused' ? one.refusal.reason : one.outcome]);
}
const ended = () => outbox.of(commandEnded).flatMap((each) => each.items);

describe('put-commands', () => {
  it('says of each command in its place what became of it', async () => {
    await ask('ScheduleOSUpdate', ['b']);
    expect(await ask('ScheduleOSUpdate', ['newest', 'b', 'stranger', 'a'])).toEqual([
      ['newest', 'removed'],
      ['b', 'known'],
      ['stranger', 'unrecognized'],
      ['a', 'queued'],
    ]);
    expect(ended().map((item) => [item.deviceId, item.outcome, item.reason])).toEqual([
      ['newest', 'refused', 'removed'],
      ['stranger', 'refused', 'unrecognized'],
    ]);
  });

  it('changes and announces nothing for a repeat', async () => {
    await ask('DeviceLock', ['a']);
    const staged = outbox.staged.length;
    expect(await ask('DeviceLock', ['a'])).toEqual([['a', 'known']]);
    expect([queue.rows.length, outbox.staged.length]).toEqual([1, staged]);
  });

  it('keeps devices apart that are sent the same CommandUUID', async () => {
    const shared = group('DeviceLock', ['a', 'b']);
    shared.commands = shared.commands.map((command) => ({ ...command, commandId: commandId('DeviceLock', 'all') }));
    const asked = { tenant: 'default', sentAt: START.toISOString(), push: true };
    await put.run({ ...asked, group: { ...shared, commands: [shared.commands[0]!] } });
    const { results } = await put.run({ ...asked, group: shared });
    expect(results.map((one) => [one.deviceId, one.outcome])).toEqual([
      ['a', 'known'],
      ['b', 'queued'],
    ]);
    expect(outbox.of(commandEnqueued).flatMap((each) => each.items.map((item) => item.deviceId))).toEqual(['a', 'b']);
  });

  it('refuses a malformed command with its faults, on every device, and what was revoked', async () => {
    const broken = group('DeviceLock', ['a', 'b']);
    broken.bodies = [{ ...broken.bodies[0]!, command: '<dict><key>RequestType</key>' }];
    const asked = { tenant: 'default', sentAt: START.toISOString(), push: true };
    const { results } = await put.run({ ...asked, group: broken });
    expect(results).toMatchObject(
      ['a', 'b'].map(() => ({
        outcome: 'refused',
        refusal: { reason: 'malformed', detail: expect.stringContaining('plist') },
      })),
    );
    await commands.refuseCause(db, 'default', 'rollout-1', START);
    expect(await ask('DeviceLock', ['a'])).toEqual([['a', 'revoked']]);
    expect(queue.rows).toEqual([]);
  });

  it('gives a command its lane and its retries by its request type where its sender gave none', async () => {
    const asked = { tenant: 'default', sentAt: START.toISOString(), push: true };
    for (const name of ['EraseDevice', 'SecurityInfo']) {
      const { priority: _, ...rest } = group(name, ['a']);
      await put.run({ ...asked, group: rest });
    }
    expect(queue.rows.map((row) => [row.requestType, row.priority, row.retries])).toEqual([
      ['EraseDevice', 0, 0],
      ['SecurityInfo', 20, 2],
    ]);
  });

  it('tells who waits for a command that a newer one took the place of', async () => {
    await ask('InstallProfile', ['a'], { purpose: 'wifi', requestType: 'DeviceLock' });
    await ask('Newer', ['a'], { purpose: 'wifi', requestType: 'DeviceLock' });
    expect(ended()).toMatchObject([
      { outcome: 'superseded', commandId: commandId('InstallProfile', 'a'), detail: commandId('Newer', 'a') },
    ]);
    expect(queue.rows.map((row) => row.commandId)).toEqual([commandId('Newer', 'a')]);
  });

  it('lets the last of a slot win that come in one order', async () => {
    const first = group('First', ['a'], { requestType: 'ScheduleOSUpdate' });
    const last = group('Last', ['a'], { requestType: 'ScheduleOSUpdate' });
    const both = { ...first, commands: [...first.commands, ...last.commands] };
    await put.run({ tenant: 'default', sentAt: START.toISOString(), push: true, group: both });
    expect(queue.rows.map((row) => row.commandId)).toEqual([commandId('Last', 'a')]);
  });
});

describe('cancel-commands', () => {
  it('takes back what no device has in hand and tells of it once', async () => {
    await commands.enqueue(db, [terms('Scan', ['a', 'b']), terms('List', ['a'])], START);
    await commands.exchange(db, [connect('b')], START, 0);
    expect(await cancel.run({ tenant: 'default', deviceIds: ['a'], commandId: commandId('List', 'a') })).toMatchObject({
      ended: [{ requestType: 'List' }],
    });
    const all = await cancel.run({ tenant: 'default', deviceIds: ['a', 'b', 'b'] });
    expect([all.ended.length, all.inHand.length]).toEqual([1, 1]);
    await cancel.run({ tenant: 'default', deviceIds: ['a'] });
    expect(ended().map((item) => [item.deviceId, item.requestType, item.outcome, item.handedOver])).toEqual([
      ['a', 'List', 'cancelled', false],
      ['a', 'Scan', 'cancelled', false],
    ]);
    expect(outbox.of(commandEnqueued)).toEqual([]);
  });
});
