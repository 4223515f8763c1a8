import { beforeEach, describe, expect, it } from '@jest/globals';
import { commandAnswered, type Exchange, type ItemOf, type Message } from '@lamplighter/contracts';
import { Tracer } from '@lamplighter/runtime';
import { recordingLog, TestClock } from '@lamplighter/testing';
import { FakeCommandStore } from '../../test/fake-command-store.ts';
import { FakeEnrollmentStore } from '../../test/fake-enrollment-store.ts';
import { FakeQueue } from '../../test/fake-queue.ts';
import {
  commandId,
  enrollment,
  exchange,
  FakeDatabase,
  FakePublisher,
  minutes,
  settings,
  START,
  terms,
} from '../../test/fixtures.ts';
import { StepTools } from './step-tools.ts';
import { ExchangeCommand } from './exchange-command.ts';

const db = new FakeDatabase();
const scan = commandId('Scan', 'a');
let queue: FakeQueue;
let commands: FakeCommandStore;
let publisher: FakePublisher;
let log: ReturnType<typeof recordingLog>;
let clock: TestClock;
let step: ExchangeCommand;

const meet = async (item: Exchange) => (await step.run([item]))[0]!;
const published = () => publisher.published as Message<ItemOf<typeof commandAnswered>>[];

beforeEach(async () => {
  queue = new FakeQueue();
  commands = new FakeCommandStore(queue);
  publisher = new FakePublisher();
  log = recordingLog();
  clock = new TestClock(START);
  step = new ExchangeCommand(db, commands, publisher, new StepTools(clock, log, new Tracer()), settings);
  for (const id of ['a', 'b']) await new FakeEnrollmentStore(queue).begin(db, enrollment(id));
  await commands.enqueue(db, [terms('Scan', ['a', 'b'])], START);
});

describe('exchange-command', () => {
  it('hands over a command, publishes its answer, and has nothing more', async () => {
    expect(await meet(exchange('a'))).toMatchObject({ outcome: 'command', commandId: scan, requestType: 'Scan' });
    expect(published()).toEqual([]);
    expect(await meet(exchange('a', 'Acknowledged', scan.toUpperCase()))).toEqual({ outcome: 'empty' });
    expect(published().map((each) => each.items)).toMatchObject([
      [
        {
          deviceId: 'a',
          commandId: scan,
          requestType: 'Scan',
          cause: 'rollout-1',
          status: 'Acknowledged',
          payload: { xml: '<plist/>' },
        },
      ],
    ]);
  });

  it('is unavailable to a device whose answer the broker has not confirmed, and takes it when it is repeated', async () => {
    publisher.fails = true;
    const answer = exchange('a', 'Acknowledged', scan);
    expect(await step.run([answer, exchange('b')])).toMatchObject([{ outcome: 'unavailable' }, { outcome: 'command' }]);
    publisher.fails = false;
    expect(await meet(answer)).toEqual({ outcome: 'empty' });
    expect(published().map((each) => each.items[0]?.commandId)).toEqual([scan]);
  });

  it('publishes a repeat of a finished command again, under the same id', async () => {
    await meet(exchange('a', 'Acknowledged', scan));
    await meet(exchange('a', 'Acknowledged', scan));
    const [first, second] = published();
    expect(second?.id).toBe(first?.id);
  });

  it('publishes a repeated NotNow under the same id and a later one under another', async () => {
    await meet(exchange('a'));
    await meet(exchange('a', 'NotNow', scan));
    await meet(exchange('a', 'NotNow', scan));
    await meet(exchange('a'));
    await meet(exchange('a', 'NotNow', scan));
    const ids = published().map((each) => each.id);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(published().map((each) => each.items[0]?.notNowCount)).toEqual([1, 1, 2]);
  });

  it.each(['Acknowledged', 'Error', 'CommandFormatError', 'NotNow'] as const)(
    'changes nothing on %s to a command that never was, and says so',
    async (status) => {
      for (const id of ['not a uuid', commandId('Never', 'a'), commandId('Scan', 'b')]) {
        expect(await meet(exchange('a', status, id))).toMatchObject({ outcome: 'command', commandId: scan });
      }
      expect(published()).toEqual([]);
      expect(queue.history).toEqual([]);
      expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'warn', 'warn']);
    },
  );

  it('lets the first answer stand', async () => {
    await meet(exchange('a', 'Acknowledged', scan));
    await meet(exchange('a', 'Error', scan));
    expect(queue.history.map((each) => each.outcome)).toEqual(['Acknowledged']);
    expect(published()).toHaveLength(1);
  });

  it('gives a command that counted as unanswered the outcome that comes late', async () => {
    await meet(exchange('a'));
    queue.finish(
      queue.rows.find((row) => row.deviceId === 'a')!,
      'unanswered',
      minutes(300),
    );
    await meet(exchange('a', 'Error', scan));
    expect(queue.history.map((each) => each.outcome)).toEqual(['Error']);
    expect(published().map((each) => each.items[0]?.status)).toEqual(['Error']);
  });

  it('ignores a late answer to a voided command', async () => {
    queue.finish(
      queue.rows.find((row) => row.deviceId === 'a')!,
      'voided',
      minutes(1),
    );
    expect(await meet(exchange('a', 'Acknowledged', scan))).toEqual({ outcome: 'empty' });
    expect(queue.history.map((each) => each.outcome)).toEqual(['voided']);
    expect(published()).toEqual([]);
  });

  it('refuses strangers and wrong certificates, whatever they answer', async () => {
    const wrong = { ...exchange('a', 'Acknowledged', scan), certificateHash: 'f'.repeat(64) };
    expect(await step.run([wrong, exchange('stranger', 'Error', scan)])).toEqual([
      { outcome: 'wrong-certificate' },
      { outcome: 'unrecognized' },
    ]);
    expect(published()).toEqual([]);
    expect(queue.rows).toHaveLength(2);
  });

  it('is unavailable to all of a batch when the database fails', async () => {
    commands.exchange = () => Promise.reject(new Error('connection lost'));
    expect(await step.run([exchange('a'), exchange('b')])).toEqual([
      { outcome: 'unavailable' },
      { outcome: 'unavailable' },
    ]);
  });

  it('hands over nothing from the stop time on, by the clock of the moment', async () => {
    clock.advance(240 * 60_000);
    expect(await meet(exchange('a'))).toEqual({ outcome: 'empty' });
  });

  it('marks an Error that is tried again, the same however often it is repeated, and not as the next one', async () => {
    await commands.enqueue(db, [terms('Install', ['b'], { retries: 1, priority: 0 })], START);
    const install = commandId('Install', 'b');
    await meet(exchange('b'));
    await meet(exchange('b', 'Error', install));
    await meet(exchange('b', 'Error', install));
    clock.advance(5 * 60_000);
    expect(await meet(exchange('b'))).toMatchObject({ commandId: install });
    await meet(exchange('b', 'Error', install));
    await meet(exchange('b', 'Error', install));
    const items = published().flatMap((each) => each.items);
    expect(items.map((item) => [item.willRetry, item.errorCount])).toEqual([
      [true, 1],
      [true, 1],
      [undefined, 2],
      [undefined, 2],
    ]);
    const [first, repeat, last, again] = published().map((each) => each.id);
    expect([repeat, again]).toEqual([first, last]);
    expect(last).not.toBe(first);
  });

  it('cuts large answers into messages that the broker takes', async () => {
    const large = (deviceId: string): Exchange => ({
      ...exchange(deviceId),
      answer: { commandId: commandId('Scan', deviceId), status: 'Acknowledged', payload: { xml: 'x'.repeat(300_000) } },
    });
    await step.run([large('a'), large('b')]);
    expect(published().map((each) => each.items.length)).toEqual([1, 1]);
  });
});
