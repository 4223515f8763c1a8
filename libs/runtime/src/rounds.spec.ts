import { expect, it } from '@jest/globals';
import type { Log } from './log.ts';
import { Rounds } from './rounds.ts';

const begin = () => {
  const errors: object[] = [];
  const log = { error: (keys: object) => errors.push(keys) } as Partial<Log> as Log;
  return { errors, rounds: new Rounds(log, 'a round failed') };
};
/** Rounds of a target, each of which waits until it is let go. */
const gated = () => {
  const waiting: ((more: boolean) => void)[] = [];
  return { waiting, round: () => new Promise<boolean>((resolve) => waiting.push(resolve)) };
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('rounds of one target go on while there is more, one at a time, and hold up no other', async () => {
  const { rounds } = begin();
  const [slow, other] = [gated(), gated()];
  rounds.begin({ name: 'slow' }, slow.round);
  rounds.begin({ name: 'slow' }, slow.round);
  rounds.begin({ name: 'other' }, other.round);
  for (const more of [true, true, false]) {
    other.waiting.at(-1)!(more);
    await turn();
  }
  expect([slow.waiting.length, other.waiting.length]).toEqual([1, 3]);
  rounds.begin({ name: 'other' }, other.round);
  expect(other.waiting.length).toBe(4);
});

it('a round that throws is told of with its target, and the next may begin', async () => {
  const { rounds, errors } = begin();
  rounds.begin({ name: 'bad' }, () => Promise.reject(new Error('no')));
  await turn();
  expect(errors).toMatchObject([{ name: 'bad', err: { message: 'no' } }]);
  const { waiting, round } = gated();
  rounds.begin({ name: 'bad' }, round);
  expect(waiting).toHaveLength(1);
});

it('the end waits for the round that is under way, and none begins after it', async () => {
  const { rounds } = begin();
  const { waiting, round } = gated();
  rounds.begin({ name: 'a' }, round);
  let isOver = false;
  const ended = rounds.end().then(() => (isOver = true));
  rounds.begin({ name: 'b' }, round);
  await turn();
  expect([isOver, waiting.length]).toEqual([false, 1]);
  waiting[0]!(true);
  await ended;
  expect(waiting).toHaveLength(1);
});
