import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Replaces a file in one step; only its owner may read it. */
export function writePrivate(path: string, content: string): void {
  const next = `${path}.${process.pid}.new`;
  writeFileSync(next, content, { mode: 0o600 });
  renameSync(next, path);
}

/** The parsed file; undefined when it is absent or not JSON. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
