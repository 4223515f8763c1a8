import { isDict } from '../schema/places.ts';
import type { Dict } from '../schema/places.ts';

/** declarative/status/management.client-capabilities.yaml, as far as a server has to heed it. */
export interface ClientCapabilities {
  /** Types of declarations that the device takes, sorted. */
  readonly declarations: readonly string[];
  /** Names of status items that it can report, sorted. */
  readonly statusItems: readonly string[];
}

const MOST = 1_000;
const LONGEST = 200;

/** Reads the status item. Undefined where it does not say which declarations the device takes: then nothing is known. */
export function readClientCapabilities(value: unknown): ClientCapabilities | undefined {
  const payloads = isDict(value) ? value['supported-payloads'] : undefined;
  const declarations = isDict(payloads) ? payloads['declarations'] : undefined;
  if (!isDict(payloads) || !isDict(declarations)) return undefined;
  const types = Object.values(declarations).flatMap((kind) => textsOf(kind));
  if (types.length === 0) return undefined;
  return { declarations: sorted(types), statusItems: sorted(textsOf((payloads as Dict)['status-items'])) };
}

function textsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MOST).filter((one): one is string => typeof one === 'string' && one.length <= LONGEST);
}

const sorted = (texts: readonly string[]): string[] => [...new Set(texts)].toSorted();
