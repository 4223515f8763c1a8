import type { ResourceKind } from '@lamplighter/contracts';
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

import { exitCode, LampError } from '../errors.ts';

/**
 * The one policy or group that a file holds (YAML or JSON, `-` is standard input), its name among its fields: as the API takes it, or as
 * `lamp apply` and `lamp export` have it (kind, name, spec). Its fields are not judged here. Throws LampError.
 */
export function readSpecFile(path: string, kind: ResourceKind): Record<string, unknown> {
  const content = contentOf(path, kind);
  if (!isObject(content) || Array.isArray(content))
    throw wrong(
      `${path} holds no ${kind.toLowerCase()}.`,
      `Give name and fields in YAML or JSON, or a document with kind: ${kind}, name and spec.`,
    );
  if (!('kind' in content)) return content;
  const { kind: own, name, spec, ...more } = content;
  if (own !== kind)
    throw wrong(
      `${path} holds a document of the kind ${String(own)}, and not ${kind}.`,
      'lamp apply -f takes every kind.',
    );
  return { ...(name === undefined ? {} : { name }), ...(isObject(spec) ? spec : {}), ...more };
}

function contentOf(path: string, kind: ResourceKind): unknown {
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw wrong(`${path} could not be read: ${(error as Error).message}`, 'Check the path.');
  }
  const parsed = parseAllDocuments(text);
  const documents = (Array.isArray(parsed) ? parsed : []).filter(({ contents }) => contents !== null);
  const broken = documents.flatMap(({ errors }) => errors)[0];
  if (broken)
    throw wrong(
      `${path} could not be read: ${broken.message.trimEnd()}`,
      `Give a ${kind.toLowerCase()} as YAML or JSON.`,
    );
  if (documents.length > 1)
    throw wrong(
      `${path} holds ${documents.length} documents, and one is asked for.`,
      'lamp apply -f takes files of many.',
    );
  return documents[0]?.toJS();
}

function wrong(message: string, remedy: string): LampError {
  return new LampError(message, remedy, exitCode.usage);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
