import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isAlive } from './identity.ts';
import { type ProcessEvent, restartDelayMs, Supervised } from './supervised.ts';

describe('a supervised process', () => {
  let dir: string;
  const running: Supervised[] = [];
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'lamp-supervised-'))));
  afterEach(async () => {
    await Promise.all(running.splice(0).map(async (process) => process.stop()));
    rmSync(dir, { recursive: true });
  });

  /** Runs `script` under Node; it is ready once it has made the file `ready`. */
  function supervise(script: string, onEvent?: (event: ProcessEvent) => void): Supervised {
    const ready = join(dir, 'ready');
    const supervised = new Supervised(
      {
        name: 'child',
        command: process.execPath,
        args: ['-e', `const ready = () => require('node:fs').writeFileSync(process.env.READY, ''); ${script}`],
        env: { READY: ready },
        stopSignal: 'SIGTERM',
        graceMs: 300,
        ready: () => Promise.resolve(existsSync(ready)),
      },
      { logPath: join(dir, 'child.log'), restart: true, startTimeoutMs: 10_000, onEvent },
    );
    running.push(supervised);
    return supervised;
  }

  it('is started again, ready again, and counted when it is killed', async () => {
    const back = Promise.withResolvers<ProcessEvent>();
    const child = supervise('ready(); setInterval(() => {}, 1000);', (event) => {
      if (event.kind === 'ready' && event.restarts === 1) back.resolve(event);
    });
    await child.start();
    const first = child.identity;
    child.kill();
    const event = await back.promise;
    expect(event.pid).not.toBe(first?.pid);
    expect(child).toMatchObject({ restarts: 1, isReady: true });
  });

  it('tells the last lines of its log when it ends before it is ready', async () => {
    const child = supervise('console.error("no such table"); process.exit(3);');
    await expect(child.start()).rejects.toThrow(/child did not start \(exit code 3\)[^]*no such table/);
  });

  it('is killed when it does not end within its grace period', async () => {
    const child = supervise('process.on("SIGTERM", () => {}); ready(); setInterval(() => {}, 1000);');
    await child.start();
    const identity = child.identity ?? { pid: 0, mark: '' };
    await child.stop();
    expect(isAlive(identity)).toBe(false);
  });

  it('is not started again after it was stopped', async () => {
    const events: string[] = [];
    const child = supervise('ready(); setInterval(() => {}, 1000);', ({ kind }) => events.push(kind));
    await child.start();
    await child.stop();
    expect(events).toEqual(['starting', 'ready', 'stopped']);
  });

  it('does not see the settings of this process', async () => {
    process.env.LAMP_DATABASE_URL ??= 'postgresql://secret';
    const child = supervise(
      'console.log(Object.keys(process.env).filter((key) => key.startsWith("LAMP_")).length); ready(); setInterval(() => {}, 1000);',
    );
    await child.start();
    expect(readFileSync(join(dir, 'child.log'), 'utf8')).toBe('0\n');
  });

  it('waits longer after each start in a row, up to ten seconds', () => {
    expect([1, 2, 3, 10].map(restartDelayMs)).toEqual([200, 400, 800, 10_000]);
  });
});
