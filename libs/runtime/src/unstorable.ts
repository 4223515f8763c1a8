import { AppError } from '@lamplighter/contracts';

/** PostgreSQL's `character_not_in_repertoire` and `untranslatable_character`: NUL, as text and within JSON. */
const CODES: ReadonlySet<unknown> = new Set(['22021', '22P05']);

/** What is wrong with input that the database cannot hold; undefined for every other error. */
export function unstorable(error: unknown): AppError | undefined {
  if (!CODES.has((error as { code?: unknown } | null | undefined)?.code)) return undefined;
  return new AppError('input.invalid', 'a text holds a NUL character, which cannot be stored', {
    remedy: 'leave the character out',
    cause: error,
  });
}
