import { describe, expect, it } from '@jest/globals';
import { AppError } from '@lamplighter/contracts';
import { EachAlone } from './each-alone.ts';
import { Log } from './log.ts';

class Lines extends Log {
  readonly lines: { level: string; keys: object; text: string }[] = [];
  override trace(): void {}
  override debug(): void {}
  override warn(): void {}
  override info(keys: object, text: string): void {
    this.lines.push({ level: 'info', keys, text });
  }
  override error(keys: object, text: string): void {
    this.lines.push({ level: 'error', keys, text });
  }
}

describe('things of many tenants', () => {
  const things = ['a', 'b', 'c'].map((tenant) => ({ tenant, secret: 'not for a log' }));
  const failing = (tenants: string, message = 'no') =>
    async function work({ tenant }: { tenant: string }): Promise<void> {
      done.push(tenant);
      if (tenants.includes(tenant)) throw new AppError('bad', message, { remedy: 'mend it' });
    };
  let done: string[] = [];
  const begin = () => {
    done = [];
    const log = new Lines();
    return { log, each: new EachAlone<(typeof things)[number]>(log, 'a thing could not be done', ['tenant']) };
  };

  it('have their turn, whichever of them fail', async () => {
    const { each } = begin();
    expect(await each.run(things, failing('ac'))).toBe(2);
    expect(done).toEqual(['a', 'b', 'c']);
  });

  it('are told of by tenant and remedy, once while the same fails', async () => {
    const { each, log } = begin();
    await each.run(things, failing('a'));
    await each.run(things, failing('a'));
    expect(log.lines).toMatchObject([
      { level: 'error', keys: { tenant: 'a', remedy: 'mend it' }, text: expect.stringContaining('it is tried again') },
    ]);
    expect(log.lines[0]!.keys).not.toHaveProperty('secret');
    await each.run(things, failing('a', 'for another reason'));
    expect(log.lines).toHaveLength(2);
  });

  it('are told of once more when they go again, and when they fail after that', async () => {
    const { each, log } = begin();
    await each.run(things, failing('b'));
    await each.run(things, failing(''));
    await each.run(things, failing('b'));
    expect(log.lines.map(({ level }) => level)).toEqual(['error', 'info', 'error']);
  });
});
