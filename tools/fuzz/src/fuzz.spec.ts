import { describe, expect, it } from '@jest/globals';
import { Finding, Refused, run, type Target } from './run.ts';
import { targets } from './targets.ts';

describe('what reads the words of strangers', () => {
  it.each(targets.map((target) => [target.name, target] as const))(
    '%s takes or refuses whatever comes',
    (_, target) => {
      const { inputs, accepted, refused } = run(target, { seed: 20_261_122, inputs: 4_000 });
      expect(inputs).toBe(4_000);
      // Neither a wall nor an open door.
      expect(accepted).toBeGreaterThan(target.corpus.length);
      expect(refused).toBeGreaterThan(0);
    },
  );
});

describe('the fuzzer', () => {
  const target = (feed: (input: Buffer) => void): Target => ({
    name: 'probe',
    summary: '',
    corpus: [Buffer.from('sound input')],
    words: ['!'],
    feed,
  });
  const fed = (seed: number): string[] => {
    const inputs: string[] = [];
    run(
      target((input) => void inputs.push(input.toString('hex'))),
      { seed, inputs: 200 },
    );
    return inputs;
  };

  const findingOf = (work: () => unknown): Finding => {
    try {
      work();
    } catch (error) {
      if (error instanceof Finding) return error;
      throw error;
    }
    throw new Error('nothing was found');
  };

  it('feeds the same inputs for the same seed, others for another', () => {
    expect(fed(1)).toEqual(fed(1));
    expect(fed(1)).not.toEqual(fed(2));
    expect(new Set(fed(1)).size).toBeGreaterThan(150);
  });

  it('reports what was thrown, with the input that caused it', () => {
    const fails = target((input) => {
      if (input.includes('!')) throw new TypeError('undefined is not a function');
    });
    const found = findingOf(() => run(fails, { seed: 3, inputs: 1_000 }));
    expect(found.message).toMatch(/^probe, seed 3, input .* TypeError: undefined is not a function$/);
    expect(found.input.includes('!')).toBe(true);
  });

  it('holds a refusal of a sound input for a finding', () => {
    const wall = target(() => {
      throw new Refused('no');
    });
    expect(() => run(wall, { seed: 3, inputs: 10 })).toThrow(/a sound input was refused/);
  });
});
