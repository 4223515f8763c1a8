import { z } from 'zod';

/** One field that two specs do not have alike; of a field that one of them lacks, that side is absent. */
export const Difference = z.object({
  path: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});
export type Difference = z.infer<typeof Difference>;

/**
 * Field by field, in the order of the fields. Lists of texts and numbers are compared as sets, item by item; other lists place by
 * place. Fields that are not there and fields that are undefined are the same.
 */
export function differencesOf(before: unknown, after: unknown, path = ''): Difference[] {
  if (isSame(before, after)) return [];
  if (isScalarList(before) && isScalarList(after)) return ofSets(before, after, path);
  if (isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differencesOf(before[key], after[key], path === '' ? key : `${path}.${key}`));
  }
  return [{ path, ...side('before', before), ...side('after', after) }];
}

function ofSets(before: readonly unknown[], after: readonly unknown[], path: string): Difference[] {
  const [old, next] = [new Set(before), new Set(after)];
  const gone = before.filter((one) => !next.has(one)).map((one) => ({ path, before: one }));
  const added = after.filter((one) => !old.has(one)).map((one) => ({ path, after: one }));
  // The same items in another order, or some of them twice.
  return gone.length + added.length > 0 ? [...gone, ...added] : [{ path, before, after }];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isScalarList = (value: unknown): value is unknown[] =>
  Array.isArray(value) && value.every((one) => typeof one !== 'object');
const side = (name: 'before' | 'after', value: unknown) => (value === undefined ? {} : { [name]: value });

function isSame(one: unknown, other: unknown): boolean {
  if (!isObject(one) || !isObject(other)) return Object.is(one, other);
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => isSame(one[key], other[key]));
}
