import { setTimeout as pause } from 'node:timers/promises';

/** What Redis answers; throws where it does not within this time. */
export async function withinMs<T>(ms: number, asked: Promise<T>): Promise<T> {
  const late = new AbortController();
  try {
    return await Promise.race([
      asked,
      pause(ms, undefined, { signal: late.signal }).then(() => {
        throw new Error(`Redis did not answer within ${ms} ms`);
      }),
    ]);
  } finally {
    late.abort();
    asked.catch(() => {});
  }
}
