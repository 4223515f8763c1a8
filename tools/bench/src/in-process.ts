import type { Sample } from './result.ts';

/** CPU seconds that this process takes for a piece of work, garbage collection included. */
export async function ownCpu(work: () => Promise<void> | void): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Does `once` in this process for about so long, after a short warm-up; the rate is per CPU second. */
export async function sampleOf(seconds: number, once: () => Promise<void> | void): Promise<Sample> {
  await forSeconds(Math.min(0.5, seconds / 4), once);
  let done = 0;
  const cpuSeconds = await ownCpu(async () => {
    done = await forSeconds(seconds, once);
  });
  return { rate: done / cpuSeconds, cpuSeconds };
}

async function forSeconds(seconds: number, once: () => Promise<void> | void): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let done = 0;
  while (performance.now() < end) {
    const result = once();
    if (result !== undefined) await result;
    done += 1;
  }
  return done;
}
