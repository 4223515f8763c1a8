import { z } from 'zod';
import { differencesOf } from './differences.ts';
import { type Fault, faultsOfZod, strayFields, withNearest } from './fault.ts';
import { GroupSpec } from './group.ts';
import { Name, PolicySpec, WindowSpec } from './policy.ts';

/** What administrators write and files hold. In the order in which they refer to each other: groups, windows, policies. */
export const ResourceKind = z.enum(['Group', 'Window', 'Policy']);
export type ResourceKind = z.infer<typeof ResourceKind>;

/** A window that policies refer to by its name. */
export const NamedWindow = WindowSpec.safeExtend({ name: Name, description: z.string().max(1_000).optional() });
export type NamedWindow = z.infer<typeof NamedWindow>;

const SPECS = { Group: GroupSpec, Window: NamedWindow, Policy: PolicySpec } as const;
export type SpecOf<K extends ResourceKind> = z.infer<(typeof SPECS)[K]>;
export type AnySpec = SpecOf<ResourceKind>;

/** One document of a file: the spec of its kind without the name, which stands beside it. */
export const Resource = z
  .object({ kind: ResourceKind, name: Name, spec: z.record(z.string(), z.unknown()).default({}) })
  .strict();
export type Resource = z.infer<typeof Resource>;
export type ResourceInput = z.input<typeof Resource>;

/** The shape of what was written: the spec with its defaults, or every field that is wrong or that there is not. */
export function parseSpec<K extends ResourceKind>(
  kind: K,
  given: unknown,
): { spec: SpecOf<K>; faults?: undefined } | { faults: Fault[] } {
  const parsed = SPECS[kind].safeParse(given);
  const faults = parsed.success ? strayFields(given, parsed.data) : faultsOfZod(parsed.error, given);
  if (parsed.success && faults.length === 0) return { spec: parsed.data as SpecOf<K> };
  return { faults: faults.map((fault, index) => (index < 20 ? withNearest(fault, () => fieldNames(kind)) : fault)) };
}

const NAMES = new Map<ResourceKind, ReadonlySet<string>>();

/** The names of all fields of a kind, at whatever depth. */
function fieldNames(kind: ResourceKind): ReadonlySet<string> {
  const names = NAMES.get(kind) ?? namesIn(z.toJSONSchema(SPECS[kind], { io: 'input', unrepresentable: 'any' }));
  NAMES.set(kind, names);
  return names;
}

function namesIn(schema: unknown, names = new Set<string>()): ReadonlySet<string> {
  if (typeof schema !== 'object' || schema === null) return names;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') for (const name of Object.keys(value as object)) names.add(name);
    namesIn(value, names);
  }
  return names;
}

/** The schemas of the kinds, as files hold them. */
export const RESOURCE_SPECS = SPECS;

/** A resource as `lamp export` writes it. What its schema would fill in by itself is left out, so that files stay short. */
export function resourceOf(kind: ResourceKind, whole: AnySpec): Resource {
  const { name, ...spec } = whole;
  const bare = (SPECS[kind] as z.ZodType).parse({ name }) as Record<string, unknown>;
  const own = Object.entries(spec).filter(([key, value]) => differencesOf(bare[key], value).length > 0);
  return { kind, name, spec: Object.fromEntries(own) };
}
