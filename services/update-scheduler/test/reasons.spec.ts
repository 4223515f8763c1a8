import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CLASSES } from '@lamplighter/apple';
import { isReason } from '@lamplighter/contracts';
import { RULES } from '../src/domain/transitions.ts';

const src = join(import.meta.dirname, '../src');
const texts = (pattern: string): string[] =>
  globSync(pattern, { cwd: src })
    .filter((file) => !file.endsWith('.spec.ts'))
    .map((file) => readFileSync(join(src, file), 'utf8'));
const found = (all: readonly string[], pattern: RegExp): string[] =>
  all.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1]!));
const unknown = (codes: readonly string[]): string[] => [...new Set(codes)].filter((code) => !isReason(code));

describe('every reason stands in the catalogue', () => {
  it('that the transition table gives', () => {
    const codes = RULES.flatMap(({ reason }) => reason ?? []);
    expect(codes.length).toBeGreaterThan(10);
    expect(unknown(codes)).toEqual([]);
  });

  it("that a device's error may have", () => {
    // These two never end or hold up an update: the table goes on after them.
    const passed = new Set(['download-in-progress', 'download-complete', 'install-in-progress', 'benign']);
    expect(unknown(ERROR_CLASSES.filter((one) => !passed.has(one)))).toEqual([]);
  });

  it('that the plan gives', () => {
    const codes = found(texts('out/sql/{plan,judge}*.ts'), /THEN '([a-z]+(?:-[a-z]+)+)'/g).filter(
      (code) => code !== 'not-eligible',
    );
    expect(codes).toContain('already-at-target');
    expect(unknown(codes)).toEqual([]);
  });

  it('that is written in the code anywhere else', () => {
    const codes = found(texts('{domain,steps,out}/**/*.ts'), /\breason: '([a-z-]+)'/g);
    expect(codes).toContain('window-closed');
    // Pushes have reasons of their own.
    const ofPushes = new Set(['due', 'repush', 'enqueued']);
    expect(unknown(codes.filter((code) => !ofPushes.has(code)))).toEqual([]);
  });
});
