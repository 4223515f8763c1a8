import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { cpuBetween, cpuSecondsOf, cpuText, peakMemoryOf, totalOf } from './processes.ts';

/** Busy for so much CPU time, however crowded the machine is. */
const burn = (ms: number) => `while (process.cpuUsage().user < ${ms * 1000});`;

describe('the CPU time of a process', () => {
  it('holds that of its children, also when they have ended', async () => {
    const script = `
      require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(burn(300))}]);
      console.log('done'); process.stdin.resume();`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(parent.stdout, 'data');
    const { parent: seconds } = cpuSecondsOf({ parent: parent.pid! });
    parent.stdin.end();
    await once(parent, 'exit');
    expect(seconds).toBeGreaterThanOrEqual(0.2);
    expect(cpuSecondsOf({ parent: parent.pid! })).toEqual({ parent: 0 });
  });

  it('is counted from one moment to another, for each process and in all', () => {
    const cpu = cpuBetween({ a: 1, b: 2 }, { a: 1.5, b: 4 });
    expect(cpu).toEqual({ a: 0.5, b: 2 });
    expect(totalOf(cpu)).toBe(2.5);
    expect(cpuText(cpu)).toBe('a 0.5 s, b 2.0 s');
  });

  it('comes with the most memory that it held', () => {
    expect(peakMemoryOf(process.pid)).toBeGreaterThan(10);
    expect(peakMemoryOf(2 ** 22 + 1)).toBe(0);
  });
});
