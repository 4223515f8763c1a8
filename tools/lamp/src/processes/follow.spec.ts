import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { follow } from './follow.ts';
import { LogFile } from './log-file.ts';

describe('following a log', () => {
  it('gives whole lines only, and goes on after the file was rotated', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'lamp-follow-'));
    const log = new LogFile(join(dir, 'a.log'), 12);
    log.write('before\n');
    const lines: string[] = [];
    const third = Promise.withResolvers<void>();
    const stop = follow(log.path, (line) => {
      lines.push(line);
      if (lines.length === 1) log.write('rotated\n');
      if (lines.length === 2) third.resolve();
    });
    log.write('on');
    log.write('e\n');
    await third.promise;
    stop();
    log.close();
    expect(lines).toEqual(['one', 'rotated']);
    rmSync(dir, { recursive: true });
  });
});
