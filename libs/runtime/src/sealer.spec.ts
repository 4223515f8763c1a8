import { createCipheriv, randomBytes } from 'node:crypto';
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

describe('after a change of keys', () => {
  const [older, newer] = [randomBytes(32), randomBytes(32)];
  const before = new AesSealer(older);
  const during = new AesSealer(newer, older);
  const after = new AesSealer(newer);

  it('the newest key seals and the older ones still open', () => {
    const old = before.seal(Buffer.from('magic'), 'x');
    const fresh = during.seal(Buffer.from('magic'), 'x');
    expect(during.open(old, 'x').toString()).toBe('magic');
    expect(after.open(fresh, 'x').toString()).toBe('magic');
    expect(() => before.open(fresh, 'x')).toThrow(/does not open/);
    expect(() => after.open(old, 'x')).toThrow(/does not open/);
  });

  it('tells by its first bytes what an older key sealed', () => {
    const isCurrent = (sealed: Buffer) => sealed.subarray(0, during.prefix.length).equals(during.prefix);
    expect(isCurrent(during.seal(Buffer.from('a'), 'x'))).toBe(true);
    expect(isCurrent(before.seal(Buffer.from('a'), 'x'))).toBe(false);
  });

  it('opens what was sealed before keys had ids', () => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', older, nonce).setAAD(Buffer.from('x'));
    const body = Buffer.concat([cipher.update('magic'), cipher.final()]);
    const sealed = Buffer.concat([Buffer.from([1]), nonce, cipher.getAuthTag(), body]);
    expect(during.open(sealed, 'x').toString()).toBe('magic');
    expect(() => after.open(sealed, 'x')).toThrow(/does not open/);
  });
});
