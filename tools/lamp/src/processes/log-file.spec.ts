import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { LogFile, tailOf } from './log-file.ts';

describe('a log file', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'lamp-log-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  it('keeps at most two files of its cap', () => {
    const path = join(dir, 'a.log');
    const log = new LogFile(path, 100);
    for (let line = 0; line < 50; line += 1) log.write(`line ${String(line).padStart(3, '0')}\n`);
    log.close();
    expect(statSync(path).size).toBeLessThanOrEqual(100);
    expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(100);
    expect(tailOf(path, 1)).toEqual(['line 049']);
  });

  it('goes on where an earlier run ended', () => {
    const path = join(dir, 'a.log');
    for (const text of ['first\n', 'second\n']) {
      const log = new LogFile(path);
      log.write(text);
      log.close();
    }
    expect(readFileSync(path, 'utf8')).toBe('first\nsecond\n');
  });

  it('takes nothing more once it is closed, however late a child is heard', () => {
    const log = new LogFile(join(dir, 'a.log'));
    log.write('in time\n');
    log.close();
    log.write('too late\n');
    log.close();
    expect(readFileSync(log.path, 'utf8')).toBe('in time\n');
  });

  it('is readable by its owner only', () => {
    const log = new LogFile(join(dir, 'a.log'));
    log.close();
    expect(statSync(log.path).mode & 0o777).toBe(0o600);
  });

  it('has no last lines where there is no file', () => {
    expect(tailOf(join(dir, 'none.log'), 5)).toEqual([]);
  });
});
