import { randomBytes } from 'node:crypto';
import { AesSealer } from './sealer.ts';

describe('AesSealer', () => {
  const sealer = new AesSealer(randomBytes(32));

  it('opens what it sealed, in the same context only', () => {
    const sealed = sealer.seal(Buffer.from('magic'), 'push-address:default:A');
    expect(sealer.open(sealed, 'push-address:default:A').toString()).toBe('magic');
    expect(() => sealer.open(sealed, 'push-address:default:B')).toThrow(/does not open/);
  });

  it('refuses damage, other keys and short input', () => {
    const sealed = sealer.seal(Buffer.from('magic'), 'x');
    const damaged = Buffer.from(sealed);
    damaged[damaged.length - 1]! ^= 1;
    expect(() => sealer.open(damaged, 'x')).toThrow(/does not open/);
    expect(() => new AesSealer(randomBytes(32)).open(sealed, 'x')).toThrow(/does not open/);
    expect(() => sealer.open(Buffer.alloc(3), 'x')).toThrow(/does not open/);
  });

  it('never seals the same thing to the same bytes', () => {
    expect(sealer.seal(Buffer.from('a'), 'x')).not.toEqual(sealer.seal(Buffer.from('a'), 'x'));
  });
});
