import type { PlistInput } from '@lamplighter/apple';
import { invalid } from './command-body.ts';

const MAX_DEPTH = 32;

/**
 * JSON as a plist value: `{"$data": base64}` and `{"$date": ISO 8601}` stand for what JSON lacks, null is left out.
 * Undefined for null. Throws AppError `command.invalid` that names the path.
 */
export function plistOfJson(value: unknown, path: string, depth = 0): PlistInput | undefined {
  if (depth > MAX_DEPTH) throw invalid(`it is nested deeper than ${MAX_DEPTH}`, path);
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
  if (Array.isArray(value)) return listOf(value, path, depth);
  return marked(value as Record<string, unknown>, path) ?? dictOf(value as Record<string, unknown>, path, depth);
}

export function dictOf(value: object, path: string, depth = 0): { readonly [key: string]: PlistInput | undefined } {
  const entries = Object.entries(value).map(([key, item]) => [key, plistOfJson(item, `${path}.${key}`, depth + 1)]);
  return Object.fromEntries(entries) as { readonly [key: string]: PlistInput | undefined };
}

/** Throws AppError `command.invalid` for what is not base64. */
export function dataOf(text: unknown, path: string): Buffer {
  if (typeof text === 'string' && /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text)) return Buffer.from(text, 'base64');
  throw invalid('it is not base64', path);
}

function listOf(items: readonly unknown[], path: string, depth: number): PlistInput[] {
  return items.map((item, index) => {
    const value = plistOfJson(item, `${path}.${index}`, depth + 1);
    if (value === undefined) throw invalid('a list cannot hold null', `${path}.${index}`);
    return value;
  });
}

function marked(value: Record<string, unknown>, path: string): Buffer | Date | undefined {
  const keys = Object.keys(value);
  if (keys.length !== 1) return undefined;
  if (keys[0] === '$data') return dataOf(value['$data'], path);
  if (keys[0] !== '$date') return undefined;
  const date = new Date(String(value['$date']));
  if (Number.isNaN(date.getTime())) throw invalid('it is not an ISO 8601 instant', path);
  return date;
}
