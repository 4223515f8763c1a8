import { setImmediate as nextLook, setTimeout as pause } from 'node:timers/promises';

/**
 * What Redis answers; throws where it does not within this time. When the time is up sockets are looked at once more: where this
 * process was held up itself, the answer has long been there.
 */
export async function withinMs<T>(ms: number, asked: Promise<T>): Promise<T> {
  const late = new AbortController();
  try {
    return await Promise.race([
      asked,
      pause(ms, undefined, { signal: late.signal }).then(async () => {
        await nextLook();
        throw new Error(`Redis did not answer within ${ms} ms`);
      }),
    ]);
  } finally {
    late.abort();
    asked.catch(() => {});
  }
}
