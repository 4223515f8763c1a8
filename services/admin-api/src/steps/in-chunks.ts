import { AppError } from '@lamplighter/contracts';

/**
 * Asks chunk by chunk, in order. The first chunk's AppError is thrown, since nothing was done; after it, what could not be
 * asked is answered by `failed`, since something was.
 */
export async function inChunks<T, R>(
  chunks: readonly (readonly T[])[],
  ask: (chunk: readonly T[]) => Promise<readonly R[]>,
  failed: (item: T, error: AppError) => R,
): Promise<R[]> {
  const answers: R[] = [];
  for (const [index, chunk] of chunks.entries()) {
    try {
      answers.push(...(await ask(chunk)));
    } catch (error) {
      if (index === 0 || !(error instanceof AppError)) throw error;
      answers.push(...chunk.map((item) => failed(item, error)));
    }
  }
  return answers;
}

/** Runs of at most `size`, in order. */
export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
