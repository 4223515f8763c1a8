import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { root } from './paths.ts';

/** Changes to these change every output. */
const always = ['package-lock.json', 'tools/build/bundle.ts', 'tools/build/prisma.ts'];

/** True when `output` exists and every file that went into it, as recorded beside it, is as it was. */
export function isUpToDate(output: string): boolean {
  const record = recordOf(output);
  if (!existsSync(output) || !existsSync(record)) return false;
  try {
    const stamps = JSON.parse(readFileSync(record, 'utf8')) as Record<string, string>;
    return Object.entries(stamps).every(([file, stamp]) => stampOf(join(root, file)) === stamp);
  } catch {
    return false;
  }
}

/** Records what `output` was made from (absolute paths inside the checkout; others are covered by the lock file). */
export function recordInputs(output: string, files: readonly string[]): void {
  const own = files
    .map((file) => relative(root, file))
    .filter((file) => !file.startsWith('..') && !file.includes('node_modules'));
  const stamps = Object.fromEntries([...always, ...own].map((file) => [file, stampOf(join(root, file))]));
  writeFileSync(recordOf(output), JSON.stringify(stamps, null, 1));
}

function recordOf(output: string): string {
  return `${output}.inputs.json`;
}

function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? 'absent' : `${stat.mtimeMs}-${stat.size}`;
}
