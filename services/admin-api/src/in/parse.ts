import { AppError } from '@lamplighter/contracts';
import { z } from 'zod';

/** Parses input against a schema. Throws AppError `input.invalid` that names every field at fault. */
export function parse<S extends z.ZodType>(schema: S, input: unknown, what: string): z.infer<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => ({
    path: issue.path.join('.') || '(whole)',
    message: issue.message,
  }));
  const list = fields.map((field) => `${field.path}: ${field.message}`).join('; ');
  throw new AppError('input.invalid', `the ${what} is not valid: ${list}`, {
    fields,
    remedy: 'correct the fields named; /openapi.json describes them all',
  });
}

export const PageQuery = z.object({
  cursor: z.string().max(300).default(''),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** Throws AppError `<what>.not-found` when there is nothing. */
export function found<T>(value: T | undefined, what: string, id: string): T {
  if (value !== undefined) return value;
  throw new AppError(`${what}.not-found`, `there is no ${what} ${id} in this tenant`);
}
