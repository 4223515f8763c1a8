import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { repositoryRoot } from './paths.ts';

const own = ['up', 'down', 'status', 'logs', 'trace', 'traces', 'test'];

function lamp(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const main = join(repositoryRoot, 'tools/lamp/src/main.ts');
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH } });
}

describe('the lamp command line', () => {
  let dir: string;
  beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'lamp-main-'))));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('lists every command', () => {
    const { status, stdout } = lamp('--help');
    expect(status).toBe(0);
    for (const command of own) expect(stdout).toContain(`\n  ${command} `);
  });

  it.each(own)('documents %s with examples and exit codes', (command) => {
    const { status, stdout } = lamp(command, '--help');
    expect(status).toBe(0);
    expect(stdout).toContain(`$ lamp ${command}`);
    expect(stdout).toContain('Exit codes:');
  });

  it.each([
    ['frob'],
    ['up', '--frob'],
    ['up', '--gateway-port', '0'],
    ['trace'],
    ['logs', '--lines', '-1'],
    ['trace', 'nothex'],
  ])('ends with 2 on wrong usage: %s', (...args) => {
    const { status, stdout, stderr } = lamp(...args);
    expect(stderr).not.toBe('');
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it.each([['status'], ['status', '--json'], ['down'], ['logs']])('ends with 3 where nothing runs: %s', (...args) => {
    const { status, stderr } = lamp(...args, '--dir', dir);
    expect(stderr).toContain('lamp up');
    expect(status).toBe(3);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('ends with 1 for a trace that is not kept', () => {
    expect(lamp('trace', 'abcdef', '--dir', dir)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('lamp traces') as string,
    });
  });
});
