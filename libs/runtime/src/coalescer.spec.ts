import { Coalescer } from './coalescer.ts';

describe('Coalescer', () => {
  it('answers each caller with its own output', async () => {
    const coalescer = new Coalescer<number, number>({
      maxBatch: 10,
      maxInFlight: 1,
      waitMs: 0,
      run: async (n) => n.map((x) => x * 2),
    });
    expect(await Promise.all([1, 2, 3].map((n) => coalescer.add(n)))).toEqual([2, 4, 6]);
  });

  it('gathers what arrives while a run is in flight into the next one', async () => {
    const sizes: number[] = [];
    let release!: () => void;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const coalescer = new Coalescer<number, number>({
      maxBatch: 100,
      maxInFlight: 1,
      waitMs: 0,
      run: async (items) => {
        sizes.push(items.length);
        if (sizes.length === 1) await gate;
        return items;
      },
    });
    const first = coalescer.add(0);
    await new Promise(setImmediate);
    const rest = Array.from({ length: 50 }, (_, n) => coalescer.add(n));
    release();
    await Promise.all([first, ...rest]);
    expect(sizes).toEqual([1, 50]);
  });

  it('runs what comes after a lull at once, and gathers the trickle that follows', async () => {
    const sizes: number[] = [];
    const run = async (items: number[]) => {
      sizes.push(items.length);
      return items;
    };
    const coalescer = new Coalescer<number, number>({ maxBatch: 100, maxInFlight: 1, waitMs: 60_000, enough: 3, run });
    await coalescer.add(0);
    const rest: Promise<number>[] = [];
    for (const n of [1, 2, 3]) {
      rest.push(coalescer.add(n));
      await new Promise(setImmediate);
    }
    await Promise.all(rest);
    expect(sizes).toEqual([1, 3]);
  });

  it('never puts one key twice into a batch, and keeps the order of a key', async () => {
    const batches: string[][] = [];
    const coalescer = new Coalescer<string, string>({
      maxBatch: 100,
      maxInFlight: 1,
      waitMs: 0,
      keyOf: (item) => item[0]!,
      run: async (items) => {
        batches.push(items);
        return items;
      },
    });
    await Promise.all(['a1', 'b1', 'a2', 'a3'].map((item) => coalescer.add(item)));
    expect(batches).toEqual([['a1', 'b1'], ['a2'], ['a3']]);
  });

  it('fails every item of a batch whose run throws, and goes on with the next', async () => {
    let calls = 0;
    const coalescer = new Coalescer<number, number>({
      maxBatch: 2,
      maxInFlight: 1,
      waitMs: 0,
      run: async (items) => {
        calls += 1;
        if (calls === 1) throw new Error('broken');
        return items;
      },
    });
    const results = await Promise.allSettled([1, 2, 3].map((n) => coalescer.add(n)));
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });
});
