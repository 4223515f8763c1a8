import { turnClock } from './turn-clock.ts';

describe("a fleet's clock", () => {
  let time: number;
  let now: () => number;
  beforeEach(() => {
    time = 0;
    now = turnClock(() => (time += 1));
  });

  it('stands still while one thing is done', () => {
    expect([now(), now(), now()]).toEqual([1, 1, 1]);
  });

  it('goes on with the next thing, also with what comes after an await', async () => {
    expect(now()).toBe(1);
    await Promise.resolve();
    expect([now(), now()]).toEqual([2, 2]);
    await new Promise(setImmediate);
    expect([now(), now()]).toEqual([3, 3]);
  });
});
