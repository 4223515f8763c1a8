import type { z } from 'zod';

/** True only where the schema would take a value, parsed from JSON, and give it back as it is. */
export type UsualCheck = (value: unknown) => boolean;

/** Of Zod's own description of a schema or of a check, what is read here (https://zod.dev/packages/core). */
interface Definition {
  type?: string;
  check?: string;
  format?: string;
  pattern?: RegExp;
  minimum?: number;
  maximum?: number;
  value?: number;
  inclusive?: boolean;
  checks?: { _zod: { def: Definition } }[];
  innerType?: z.ZodType;
  element?: z.ZodType;
  shape?: Record<string, z.ZodType>;
  entries?: Record<string, unknown>;
  values?: unknown[];
  catchall?: unknown;
  discriminator?: string;
  options?: z.ZodType[];
  coerce?: boolean;
}

/** Their pattern is all that Zod asks of them. */
const BY_PATTERN = new Set(['regex', 'guid', 'datetime']);

/**
 * A quick look at what nearly every message holds, without an object for each of its fields, as Zod makes them; whatever it does not
 * take (keys that nobody knows, too), Zod judges, and says what is wrong. Undefined where the schema is of a kind that this does not know.
 */
export function usualCheck(schema: z.ZodType): UsualCheck | undefined {
  const definition = schema._zod.def as Definition;
  const kind = kinds[definition.type ?? ''];
  if (kind === undefined || definition.coerce === true) return undefined;
  // A format that is a schema of its own (z.guid()) stands in its definition, others in its checks.
  const own = definition.check === undefined ? [] : [definition];
  const asked = [...own, ...(definition.checks ?? []).map(({ _zod }) => _zod.def)];
  return all([kind(definition), ...asked.map((one) => bounds[one.check ?? '']?.(one))]);
}

const kinds: Record<string, (definition: Definition) => UsualCheck | undefined> = {
  string: () => (value) => typeof value === 'string',
  // JSON's 1e999 is Infinity, which Zod takes for no number.
  number: () => Number.isFinite,
  boolean: () => (value) => typeof value === 'boolean',
  literal: ({ values }) => isAmong(values),
  enum: ({ entries }) => isAmong(entries && Object.values(entries)),
  // An absent key is nothing to look at; that one is there and undefined is not for JSON to say.
  optional: ({ innerType }) => innerType && usualCheck(innerType),
  nullable: ({ innerType }) => {
    const check = innerType && usualCheck(innerType);
    return check && ((value) => value === null || check(value));
  },
  array: ({ element }) => {
    const check = element && usualCheck(element);
    return check && ((value) => Array.isArray(value) && value.every(check));
  },
  object: ({ shape, catchall }) => (shape && catchall === undefined ? objectCheck(shape) : undefined),
  union: ({ discriminator, options }) => (discriminator && options ? choiceCheck(discriminator, options) : undefined),
};

/** Those of the choices that are known here; the others are Zod's. */
function choiceCheck(discriminator: string, options: readonly z.ZodType[]): UsualCheck {
  const checks = new Map<unknown, UsualCheck>();
  for (const option of options) {
    const check = usualCheck(option);
    const names = (option._zod.def as Definition).shape?.[discriminator]?._zod.def as Definition | undefined;
    if (check) for (const name of names?.values ?? []) checks.set(name, check);
  }
  return (value) => {
    const name = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[discriminator] : null;
    return checks.get(name)?.(value) === true;
  };
}

function objectCheck(shape: Record<string, z.ZodType>): UsualCheck | undefined {
  const names = Object.keys(shape);
  const checks = names.map((name) => usualCheck(shape[name]!));
  const isRequired = names.map((name) => (shape[name]!._zod.def as Definition).type !== 'optional');
  const required = isRequired.filter(Boolean).length;
  if (checks.includes(undefined)) return undefined;
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    let found = 0;
    let at = 0;
    for (const name in value) {
      // Most keys come in the order of the schema.
      if (names[at] !== name) at = names.indexOf(name);
      if (at < 0 || !checks[at]!((value as Record<string, unknown>)[name])) return false;
      if (isRequired[at] === true) found += 1;
      at += 1;
    }
    return found === required;
  };
}

const bounds: Record<string, (definition: Definition) => UsualCheck | undefined> = {
  min_length:
    ({ minimum = 0 }) =>
    (given) =>
      (given as string | unknown[]).length >= minimum,
  max_length:
    ({ maximum = 0 }) =>
    (given) =>
      (given as string | unknown[]).length <= maximum,
  string_format: ({ format = '', pattern }) => {
    const isAll = pattern && BY_PATTERN.has(format) && !pattern.global && !pattern.sticky;
    return isAll ? (given) => pattern.test(given as string) : undefined;
  },
  number_format: ({ format }) => (format === 'safeint' ? Number.isSafeInteger : undefined),
  greater_than: ({ inclusive, value = 0 }) => (inclusive === true ? (given) => (given as number) >= value : undefined),
  less_than: ({ inclusive, value = 0 }) => (inclusive === true ? (given) => (given as number) <= value : undefined),
};

function isAmong(values: unknown[] | undefined): UsualCheck | undefined {
  const known = values && new Set(values);
  return known && ((value) => known.has(value));
}

/** Undefined where one of them is. */
function all(checks: (UsualCheck | undefined)[]): UsualCheck | undefined {
  const [first, second, ...more] = checks;
  if (checks.includes(undefined) || first === undefined) return undefined;
  if (second === undefined) return first;
  const rest = all([second, ...more])!;
  return (value) => first(value) && rest(value);
}
