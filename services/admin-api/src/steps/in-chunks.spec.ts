import { describe, expect, it } from '@jest/globals';
import { AppError } from '@lamplighter/contracts';
import { chunksOf, inChunks } from './in-chunks.ts';

const away = new AppError('request.unavailable', 'nobody answered');
const run = (broken: number) =>
  inChunks(
    chunksOf([1, 2, 3, 4, 5], 2),
    async (chunk) => {
      if (chunk.includes(broken)) throw away;
      return chunk.map((n) => `did ${n}`);
    },
    (n, { code }) => `${n}: ${code}`,
  );

describe('asking chunk by chunk', () => {
  it('answers for each item, in order', async () => {
    expect(await run(9)).toEqual(['did 1', 'did 2', 'did 3', 'did 4', 'did 5']);
  });

  it('throws where nothing was done', async () => {
    await expect(run(2)).rejects.toBe(away);
  });

  it('says of each item whether it was done where a later chunk fails, and goes on', async () => {
    const failed = ['3: request.unavailable', '4: request.unavailable'];
    expect(await run(3)).toEqual(['did 1', 'did 2', ...failed, 'did 5']);
  });
});
