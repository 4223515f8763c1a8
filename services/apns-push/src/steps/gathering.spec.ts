import { describe, expect, it } from '@jest/globals';
import { Gathering } from './gathering.ts';

describe('a gathering', () => {
  it('has all results, each at its place, once the last has come', async () => {
    const gathering = new Gathering<string>(3);
    const late = Promise.withResolvers<string>();
    gathering.put(2, 'c');
    gathering.putLater(0, late.promise);
    gathering.put(1, 'b');
    late.resolve('a');
    expect(await gathering.all).toEqual(['a', 'b', 'c']);
  });

  it('of nothing is there at once', async () => {
    expect(await new Gathering(0).all).toEqual([]);
  });

  it('fails with the first that fails, also before anybody waits for it', async () => {
    const gathering = new Gathering<string>(2);
    gathering.putLater(0, Promise.reject(new Error('no certificate can be read')));
    await new Promise(setImmediate);
    gathering.put(1, 'b');
    await expect(gathering.all).rejects.toThrow('no certificate can be read');
  });
});
