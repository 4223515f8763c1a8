import { type Fault, faultsOfZod, parseSpec, Resource, type ResourceInput, resourceOf } from '@lamplighter/contracts';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, LineCounter, parseAllDocuments, stringify } from 'yaml';

import { exitCode, LampError } from '../errors.ts';

/** One group, window or policy of a file. */
export interface ResourceDocument {
  readonly resource: ResourceInput;
  /** `file.yaml:12`, or the nearest line above where the field is not written; of standard input `-:12`. */
  at(path: readonly string[]): string;
}

/**
 * Every document of files and directories (`*.yaml`, `*.yml` and `*.json`, at any depth), in the order of their names; `-` reads standard
 * input. Throws LampError that names each mistake with file and line.
 */
export function readDocuments(paths: readonly string[]): ResourceDocument[] {
  const faults: string[] = [];
  const documents = paths.flatMap(filesOf).flatMap((file) => documentsOf(file, faults));
  faults.push(...doubles(documents));
  if (faults.length > 0) throw invalid(faults);
  if (documents.length > 0) return documents;
  throw new LampError(
    `${paths.join(', ')} holds no document.`,
    'A document has kind (Group, Window or Policy), name and spec.',
    exitCode.usage,
  );
}

export function invalid(faults: readonly string[], remedy = 'Nothing was changed.'): LampError {
  const what = faults.length === 1 ? 'There is a mistake' : `There are ${faults.length} mistakes`;
  return new LampError(`${what}:\n${faults.map((fault) => `    ${fault}`).join('\n')}`, remedy, exitCode.usage);
}

/** As a file has it, in the order of the schemas; what older readers of YAML take for a number (`02:00`) or a date is in quotation marks. */
export function yamlOf({ kind, name, spec }: Resource): string {
  const parsed = parseSpec(kind, { ...spec, name });
  const ordered = parsed.faults ? { kind, name, spec } : resourceOf(kind, parsed.spec);
  return stringify(ordered, { compat: 'yaml-1.1' });
}

/** `file:line  field: what is wrong (value) → remedy`. */
export function faultLine(at: string, { path, value, message, remedy }: Fault): string {
  const found = value === undefined || message.includes(String(value)) ? '' : ` (there: ${JSON.stringify(value)})`;
  return `${at}  ${path}: ${message}${found}${remedy === undefined ? '' : ` → ${remedy}`}`;
}

function filesOf(path: string): string[] {
  if (path === '-') return [path];
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ya?ml|json)$/.test(name))
      .toSorted()
      .map((name) => join(path, name));
  } catch (error) {
    throw new LampError(
      `${path} could not be read: ${(error as Error).message}`,
      'Give a file, a directory, or - for standard input.',
      exitCode.usage,
    );
  }
}

function documentsOf(file: string, faults: string[]): ResourceDocument[] {
  const lines = new LineCounter();
  const text = textOf(file);
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const documents: Document[] = Array.isArray(parsed) ? parsed : [];
  return documents.flatMap((document) => {
    const place = (offset: number) => `${file}:${lines.linePos(offset).line}`;
    const broken = [...document.errors, ...document.warnings];
    faults.push(...broken.map(({ pos, message }) => `${place(pos[0])}  ${message}`));
    if (broken.length > 0) return [];
    const value = document.toJS() as unknown;
    if (value === null || value === undefined) return [];
    const at = (path: readonly string[]) => place(offsetOf(document, path));
    const resource = Resource.safeParse(value);
    if (resource.success) return [{ resource: resource.data, at }];
    faults.push(...faultsOfZod(resource.error, value).map((fault) => faultLine(at(fault.path.split('.')), fault)));
    return [];
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new LampError(`${file} could not be read: ${(error as Error).message}`, undefined, exitCode.usage);
  }
}

/** Where a field's value begins; where it is not written, the nearest of those around it that is. */
function offsetOf(document: Document, path: readonly string[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
    if (range) return range[0]!;
  }
  return 0;
}

function doubles(documents: readonly ResourceDocument[]): string[] {
  const first = new Map<string, ResourceDocument>();
  return documents.flatMap((document) => {
    const { kind, name } = document.resource;
    const earlier = first.get(`${kind}/${name}`);
    first.set(`${kind}/${name}`, earlier ?? document);
    return earlier
      ? [`${document.at(['name'])}  ${kind}/${name} stands at ${earlier.at(['name'])} too → leave one out`]
      : [];
  });
}
