import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** One line of a log as it is written, by a process of its own. */
function lineOf(script: string): Record<string, unknown> {
  const module = JSON.stringify(join(import.meta.dirname, 'log.ts'));
  const code = `import { createLog } from ${module}; const log = createLog('probe', 'info'); ${script}`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('the log', () => {
  it('tells of an error and its cause, and nothing that a driver hung on it', () => {
    const line = lineOf(`
      const error = new TypeError('lost', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
      log.warn({ err: Object.assign(error, { code: '57P01', client: { secretKey: 42 } }) }, 'text');`);
    expect(line['err']).toMatchObject({
      type: 'TypeError',
      message: 'lost',
      code: '57P01',
      cause: { message: 'reset' },
    });
    expect(JSON.stringify(line)).not.toContain('secretKey');
  });
});
