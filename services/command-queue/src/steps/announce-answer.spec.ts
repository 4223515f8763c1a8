import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeCommandStore } from '../../test/fake-command-store.ts';
import { FakeEnrollmentStore } from '../../test/fake-enrollment-store.ts';
import { FakeQueue } from '../../test/fake-queue.ts';
import { certificateOf, commandId, enrollment, FakeDatabase, minutes, START, terms } from '../../test/fixtures.ts';
import { AnnounceAnswer } from './announce-answer.ts';

const db = new FakeDatabase();
const scan = commandId('Scan', 'a');
let queue: FakeQueue;
let step: AnnounceAnswer;

beforeEach(async () => {
  queue = new FakeQueue();
  const [commands, enrollments] = [new FakeCommandStore(queue), new FakeEnrollmentStore(queue)];
  for (const id of ['a', 'b']) await enrollments.begin(db, enrollment(id));
  await commands.enqueue(db, [terms('Scan', ['a', 'b'])], START);
  step = new AnnounceAnswer(db, commands, enrollments);
});

const outcomeOf = async (deviceId: string, id: string, certificateHash = certificateOf(deviceId)) =>
  (await step.run({ tenant: 'default', deviceId, certificateHash, commandId: id })).outcome;

describe('a large answer', () => {
  it('is awaited from the device that has the command, or had it', async () => {
    expect(await outcomeOf('a', scan.toUpperCase())).toBe('awaited');
    queue.finish(
      queue.rows.find((row) => row.deviceId === 'a')!,
      'Acknowledged',
      minutes(1),
    );
    expect(await outcomeOf('a', scan)).toBe('awaited');
  });

  it('is stray to a command of another device, to one that never was, and to what is none', async () => {
    expect(await outcomeOf('b', scan)).toBe('stray');
    expect(await outcomeOf('a', commandId('Never', 'a'))).toBe('stray');
    expect(await outcomeOf('a', 'not a uuid')).toBe('stray');
  });

  it('is of nobody who is not enrolled, nor under another certificate', async () => {
    expect(await outcomeOf('stranger', scan)).toBe('unrecognized');
    expect(await outcomeOf('a', scan, certificateOf('b'))).toBe('wrong-certificate');
  });
});
