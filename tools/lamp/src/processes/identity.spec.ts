import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { identify, isAlive } from './identity.ts';

describe('a process identity', () => {
  it('holds as long as the process runs', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
    const identity = identify(child.pid ?? 0);
    expect(identity).toBeDefined();
    expect(isAlive(identity ?? { pid: 0, mark: '' })).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(identity ?? { pid: 0, mark: '' })).toBe(false);
  });

  it('is not that of a later process with the same pid', () => {
    expect(isAlive({ pid: process.pid, mark: 'of an earlier one' })).toBe(false);
  });
});
