import { z } from 'zod';

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
  const fault = (path: readonly PropertyKey[], message: string) =>
    faultAt(path.map(String), valueAt(given, path), { message });
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => fault([...at, key], 'there is no such field'));
  const branch = issue.code === 'invalid_union' ? nearest(issue.errors) : undefined;
  if (branch) return branch.flatMap((inner) => faultsOfIssue(inner, given, [...at, ...inner.path]));
  return [fault(at, issue.message)];
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
    if (!Object.hasOwn(known, key)) return [faultAt(path, value, { message: 'there is no such field' })];
    return strayFields(value, known[key], path);
  });
}

export function faultAt(path: readonly string[], value: unknown, says: { message: string; remedy?: string }): Fault {
  return { path: path.join('.') || '(whole)', ...(value === undefined ? {} : { value: shortened(value) }), ...says };
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
  const text = JSON.stringify(value) ?? '';
  return text.length <= 200 ? value : `${text.slice(0, 200)}…`;
}
