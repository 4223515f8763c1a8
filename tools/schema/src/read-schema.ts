import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';

/** One OS of `supportedOS`, as the schema writes it (docs/schema.md of a checkout). */
export interface RawOs {
  introduced?: string;
  deprecated?: string;
  removed?: string;
  supervised?: boolean;
  requiresdep?: boolean;
  userapprovedmdm?: boolean;
  devicechannel?: boolean;
  userchannel?: boolean;
  userenrollment?: { mode?: string };
  sharedipad?: { mode?: string; devicechannel?: boolean; userchannel?: boolean; 'allowed-scopes'?: string[] };
  'allowed-enrollments'?: string[];
  'allowed-scopes'?: string[];
}
export type RawSupport = Record<string, RawOs | null>;

export interface RawKey {
  key: string;
  type: string;
  presence?: string;
  supportedOS?: RawSupport;
  rangelist?: (string | number | boolean)[];
  range?: { min?: number; max?: number };
  repetition?: { min?: number; max?: number };
  subkeys?: RawKey[];
}

export interface RawPayload {
  requesttype?: string;
  declarationtype?: string;
  statusitemtype?: string;
  credentialtype?: string;
  supportedOS?: RawSupport;
}

export interface SchemaFile {
  /** `mdm/commands/system.update.schedule.yaml` */
  readonly path: string;
  readonly payload: RawPayload;
  readonly keys: readonly RawKey[];
}

/**
 * The files under a folder of a checkout that describe a payload, by path. A folder `overlay-<OS version>` of the checkout, where
 * there is one, holds newer texts of single files under the same paths; the newest text counts. Throws where the folder is missing.
 */
export function readSchema(checkout: string, folder: string): SchemaFile[] {
  if (!existsSync(join(checkout, folder))) {
    throw new Error(`${checkout} is no checkout of Apple's device-management schema: it has no ${folder}`);
  }
  const newest = new Map<string, string>();
  for (const layer of [checkout, ...overlays(checkout)]) {
    for (const path of yamlFiles(layer, folder)) newest.set(path, join(layer, path));
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([path, file]) => schemaFile(path, file));
}

function overlays(checkout: string): string[] {
  const names = readdirSync(checkout).filter((name) => /^overlay-\d+(\.\d+)*$/.test(name));
  return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).map((name) => join(checkout, name));
}

function yamlFiles(layer: string, folder: string): string[] {
  const start = join(layer, folder);
  if (!existsSync(start)) return [];
  const entries = readdirSync(start, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => relative(layer, join(entry.parentPath, entry.name)));
}

function schemaFile(path: string, file: string): SchemaFile[] {
  const { payload, payloadkeys } = parse(readFileSync(file, 'utf8')) as {
    payload?: RawPayload;
    payloadkeys?: RawKey[];
  };
  return payload ? [{ path, payload, keys: payloadkeys ?? [] }] : [];
}
