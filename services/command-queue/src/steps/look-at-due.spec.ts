import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  commandEnded,
  commandRevoke,
  type ItemOf,
  message,
  pushRepeat,
  pushRequest,
  pushSent,
} from '@lamplighter/contracts';
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
  minutes,
  settings,
  START,
  terms,
} from '../../test/fixtures.ts';
import { StepTools } from './step-tools.ts';
import { LookAtDue } from './look-at-due.ts';
import { RecordPush } from './record-push.ts';
import { RevokeCommands } from './revoke-commands.ts';

const db = new FakeDatabase();
const tokens = { topic: 'com.apple.mgmt.test', pushAddress: Buffer.from('sealed'), unlockToken: null };
let queue: FakeQueue;
let outbox: FakeOutbox;
let commands: FakeCommandStore;
let enrollments: FakeEnrollmentStore;
let clock: TestClock;
let step: LookAtDue;

beforeEach(async () => {
  queue = new FakeQueue();
  outbox = new FakeOutbox();
  commands = new FakeCommandStore(queue);
  enrollments = new FakeEnrollmentStore(queue);
  clock = new TestClock(START);
  step = new LookAtDue(db, outbox, commands, new StepTools(clock, silentLog, new Tracer()), settings);
  for (const deviceId of ['a', 'b']) {
    await enrollments.begin(db, enrollment(deviceId));
    await enrollments.setTokens(db, { tenant: 'default', deviceId }, tokens, START);
  }
  await commands.enqueue(db, [terms('Scan', ['a', 'b'], { expiresAt: minutes(60) }), terms('List', ['a'])], START);
});

describe('look-at-due', () => {
  it('asks for one push per device, of use for as long as anything waits', async () => {
    clock.set(minutes(10));
    expect(await step.run()).toBe(false);
    expect(outbox.of(pushRequest)).toEqual([]);
    expect(outbox.of(pushRepeat).flatMap((each) => each.items)).toMatchObject([
      { deviceId: 'a', reason: 'repush', expiresAt: minutes(240).toISOString() },
      { deviceId: 'b', reason: 'repush', expiresAt: minutes(60).toISOString() },
    ]);
    await step.run();
    expect(outbox.staged).toHaveLength(1);
  });

  it('asks for none where APNs said that the device is gone', async () => {
    const at = START.toISOString();
    await new RecordPush(db, enrollments).run([
      message(pushSent, { id: 'p', tenant: 'default', at: START }, [
        { deviceId: 'a', at, outcome: 'gone', goneAt: minutes(1).toISOString() },
        { deviceId: 'b', at, outcome: 'accepted' },
      ]),
    ]);
    clock.set(minutes(10));
    await step.run();
    expect(outbox.of(pushRepeat).flatMap((each) => each.items.map((item) => item.deviceId))).toEqual(['b']);
  });

  it('asks for none where APNs does not take the token, until the device sends another', async () => {
    const items = ['a', 'b'].map((deviceId) => ({
      deviceId,
      at: minutes(1).toISOString(),
      outcome: 'rejected' as const,
    }));
    const bad = { ...items[0]!, reason: 'BadDeviceToken', goneAt: minutes(1).toISOString() };
    await new RecordPush(db, enrollments).run([
      message(pushSent, { id: 'p', tenant: 'default', at: START }, [bad, items[1]!]),
    ]);
    clock.set(minutes(10));
    await step.run();
    expect(outbox.of(pushRepeat).flatMap((each) => each.items.map((item) => item.deviceId))).toEqual(['b']);
  });

  it('announces what expired, and whether a device had it in hand', async () => {
    await commands.exchange(db, [connect('a')], START, 0);
    clock.set(minutes(300));
    await step.run();
    const expired = outbox.of(commandEnded).flatMap((each) => each.items);
    const seen = Object.fromEntries(expired.map((item) => [`${item.deviceId} ${item.requestType}`, item.handedOver]));
    expect(seen).toEqual({ 'a Scan': true, 'a List': false, 'b Scan': false });
    expect(queue.rows).toEqual([]);
    expect(new Set(queue.history.map((each) => each.outcome))).toEqual(new Set(['expired', 'unanswered']));
  });
});

describe('revoke-commands', () => {
  const revoke = (items: ItemOf<typeof commandRevoke>[]) =>
    new RevokeCommands(db, outbox, commands, clock, silentLog).run([
      message(commandRevoke, { id: 'r', tenant: 'default', at: START }, items),
    ]);

  it('takes back the very commands that are named, and tells of each that it took back', async () => {
    await commands.exchange(db, [connect('b')], START, 0);
    const named = ['a', 'b'].map((deviceId) => ({ deviceId, commandId: commandId('Scan', deviceId) }));
    await revoke([{ cause: 'another', commands: named }]);
    expect(queue.history).toEqual([]);
    await revoke([{ cause: 'rollout-1', commands: named }]);
    expect(queue.rows.map((each) => [each.deviceId, each.state])).toEqual([
      ['b', 'sent'],
      ['a', 'queued'],
    ]);
    const told = outbox.of(commandEnded).flatMap((each) => each.items);
    expect(told).toMatchObject([{ deviceId: 'a', outcome: 'revoked', handedOver: false }]);
    await commands.enqueue(db, [terms('Again', ['a'])], START);
    expect(queue.rows.map((each) => each.deviceId)).toEqual(['b', 'a', 'a']);
  });

  it('takes back what no device has in hand', async () => {
    await commands.exchange(db, [connect('b')], START, 0);
    const items = [{ cause: 'rollout-1' }];
    await revoke(items);
    expect(queue.rows.map((each) => [each.deviceId, each.state])).toEqual([['b', 'sent']]);
    expect(queue.history.map((each) => each.outcome)).toEqual(['revoked', 'revoked']);
    expect(outbox.of(commandEnded)).toEqual([]);
  });
});
