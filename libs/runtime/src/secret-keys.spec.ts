import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { baseConfig, ConfigError, parseConfig } from './config.ts';
import { secretKeys } from './secret-keys.ts';

const [one, two] = [randomBytes(32), randomBytes(32)];
const dir = mkdtempSync(join(tmpdir(), 'secret-keys-'));
const file = join(dir, 'keys');
afterAll(() => rmSync(dir, { recursive: true }));

const parse = (env: Record<string, string>) => parseConfig('spec', baseConfig, env);

describe('LAMP_SECRET_KEY', () => {
  it('holds one key, or several with the newest first', () => {
    expect(secretKeys(one.toString('base64'))).toEqual([one]);
    const { LAMP_SECRET_KEY } = parse({
      LAMP_SECRET_KEY: `${two.toString('base64')}, ${one.toString('base64url')}`,
    });
    expect(secretKeys(LAMP_SECRET_KEY!)).toEqual([two, one]);
  });

  it.each(['short', `${one.toString('base64')},short`, `${one.toString('base64')}${two.toString('base64')}`, ' , '])(
    'is refused as %j without being quoted',
    (LAMP_SECRET_KEY) => {
      expect(() => parse({ LAMP_SECRET_KEY })).toThrow(/LAMP_SECRET_KEY: it must be 32 random bytes in base64/);
    },
  );

  it('may come from a file, a key a line', () => {
    writeFileSync(file, `${two.toString('base64')}\n${one.toString('base64')}\n`);
    expect(secretKeys(parse({ LAMP_SECRET_KEY_FILE: file }).LAMP_SECRET_KEY!)).toEqual([two, one]);
  });

  it('from a file that is not there, or from two places, is refused', () => {
    expect(() => parse({ LAMP_SECRET_KEY_FILE: join(dir, 'none') })).toThrow(/LAMP_SECRET_KEY_FILE: .*ENOENT/);
    const both = { LAMP_SECRET_KEY_FILE: file, LAMP_SECRET_KEY: one.toString('base64') };
    expect(() => parse(both)).toThrow(ConfigError);
  });
});
