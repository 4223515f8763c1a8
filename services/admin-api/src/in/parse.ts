import { AppError, type Fault, faultsOfZod, parseSpec, type ResourceKind, type SpecOf } from '@lamplighter/contracts';
import { z } from 'zod';

/** Parses input against a schema. Throws AppError `input.invalid` that names every field at fault. */
export function parse<S extends z.ZodType>(schema: S, input: unknown, what: string): z.infer<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalid(faultsOfZod(parsed.error, input), what);
}

/** The spec of a body that may leave out the name where the path has it. Throws as `parse`, also for fields that there are not. */
export function bodySpec<K extends ResourceKind>(kind: K, body: unknown, name?: string): SpecOf<K> {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  const parsed = parseSpec(kind, isObject && name !== undefined ? { name, ...body } : body);
  if (parsed.faults) throw invalid(parsed.faults, kind.toLowerCase());
  if (name === undefined || parsed.spec.name === name) return parsed.spec;
  throw new AppError('input.invalid', `the body says "${parsed.spec.name}", the path "${name}"`, {
    fields: [{ path: 'name', value: parsed.spec.name, message: 'is another than in the path' }],
    remedy: 'leave it out of the body, or make a new one of that name and remove this one',
  });
}

/** Of an order for one resource: faults without the place that it has in the order. */
export async function ofOne<T>(answer: Promise<T>): Promise<T> {
  const short = (text: string) => text.replace(/^(resources\.0\.spec|resources\.0|remove\.0)\.?/, '');
  return answer.catch((error: unknown) => {
    if (!(error instanceof AppError) || error.fields === undefined) throw error;
    const { code, message, fields, ...rest } = error.toBody();
    const own = fields?.map((field) => ({ ...field, path: short(field.path) || '(whole)' }));
    throw new AppError(code, short(message), { ...rest, fields: own });
  });
}

function invalid(fields: Fault[], what: string): AppError {
  const list = fields.map((field) => `${field.path}: ${field.message}`).join('; ');
  return new AppError('input.invalid', `the ${what} is not valid: ${list}`, {
    fields,
    remedy: 'correct the fields named; /openapi.json describes them all',
  });
}

export const PageQuery = z.object({
  cursor: z.string().max(300).default(''),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** What shows those that there are. */
const LISTS: Partial<Record<string, string>> = {
  device: 'device list --search',
  group: 'group list',
  policy: 'policy list',
  rollout: 'rollout list',
  window: 'window list',
  webhook: 'webhook list',
  source: 'source list',
  declaration: 'declarations list',
  'dead-letter': 'dead-letters list',
};

/** Throws AppError `<what>.not-found` when there is nothing. */
export function found<T>(value: T | undefined, what: string, id: string): T {
  if (value !== undefined) return value;
  const list = LISTS[what];
  const remedy = list && `"lamp ${list}" shows those that there are`;
  throw new AppError(`${what}.not-found`, `there is no ${what} ${id} in this tenant`, remedy ? { remedy } : {});
}
