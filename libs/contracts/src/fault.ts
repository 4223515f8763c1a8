import { z } from 'zod';
import { nearest as nearestWord, wordsOf } from './fault-words.ts';

/** One mistake in what an administrator wrote: where, what stands there, what is wrong with it, and what to do. */
export const Fault = z.object({
  /** From the top of what was given, joined by dots: `byPlatform.iOS.installAction`, `windows.1.start`. */
  path: z.string(),
  /** What stands there; absent where nothing does. */
  value: z.unknown().optional(),
  message: z.string(),
  remedy: z.string().optional(),
});
export type Fault = z.infer<typeof Fault>;

type Issue = z.core.$ZodIssue;

/** What Zod found, as faults of `given`. */
export function faultsOfZod(error: z.ZodError, given: unknown): Fault[] {
  return error.issues.flatMap((issue) => faultsOfIssue(issue, given, issue.path));
}

function faultsOfIssue(issue: Issue, given: unknown, at: readonly PropertyKey[]): Fault[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => stray([...at.map(String), key], valueAt(given, [...at, key])));
  const branch = issue.code === 'invalid_union' ? nearest(issue.errors) : undefined;
  if (branch) return branch.flatMap((inner) => faultsOfIssue(inner, given, [...at, ...inner.path]));
  const value = valueAt(given, at);
  return [faultAt(at.map(String), value, wordsOf(issue, value))];
}

/** Of the things that it could have been: the one that it is most like. Undefined where it is like none. */
function nearest(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const inside = branches.filter(
    (issues) => !issues.some((issue) => issue.path.length === 0 && issue.code === 'invalid_type'),
  );
  return inside.toSorted((one, other) => one.length - other.length)[0];
}

/** Fields that a schema passed over: those of `given` that `parsed` no longer has. */
export function strayFields(given: unknown, parsed: unknown, under: readonly string[] = []): Fault[] {
  if (typeof given !== 'object' || given === null || typeof parsed !== 'object' || parsed === null) return [];
  const known = parsed as Record<string, unknown>;
  return Object.entries(given).flatMap(([key, value]) => {
    const path = [...under, key];
    if (value === undefined) return [];
    if (!Object.hasOwn(known, key)) return [stray(path, value)];
    return strayFields(value, known[key], path);
  });
}

const NO_SUCH_FIELD = 'there is no such field';
const stray = (path: readonly string[], value: unknown): Fault => faultAt(path, value, { message: NO_SUCH_FIELD });

/** What to do about a field that there is not: the one of `names` that was meant, where one is near. */
export function withNearest(fault: Fault, names: () => Iterable<string>): Fault {
  if (fault.message !== NO_SUCH_FIELD) return fault;
  const near = nearestWord(fault.path.split('.').at(-1)!, names());
  return { ...fault, remedy: near === undefined ? 'leave it out' : `write ${near}, or leave it out` };
}

/** What no answer repeats, nor whatever keeps answers. */
const SECRETS: ReadonlySet<string | undefined> = new Set(['secret', 'apiKey', 'webhookKey', 'pem']);

export function faultAt(path: readonly string[], value: unknown, says: { message: string; remedy?: string }): Fault {
  const isShown = value !== undefined && !SECRETS.has(path.at(-1));
  return { path: path.join('.') || '(whole)', ...(isShown ? { value: shortened(value) } : {}), ...says };
}

/** Undefined where there is nothing. */
export function valueAt(whole: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, key)
        ? (at as Record<PropertyKey, unknown>)[key]
        : undefined,
    whole,
  );
}

/** A fault travels in answers and is read by people: of long values the beginning. */
function shortened(value: unknown): unknown {
  let text: string;
  try {
    text = JSON.stringify(value) ?? '';
  } catch {
    // The stack is finite, and JSON that is read may be nested by the thousands.
    return '…';
  }
  return text.length <= 200 ? value : `${text.slice(0, 200)}…`;
}
