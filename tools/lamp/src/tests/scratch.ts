import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

import { readJson, writePrivate } from '../private-file.ts';
import { identify, isAlive } from '../processes/identity.ts';
import { foreignData } from '../servers/start-servers.ts';

const Owner = z.object({ pid: z.number(), mark: z.string() });

/** A fresh directory below `parent` for one run; those of runs that have died are removed first. */
export function scratchDir(parent: string): string {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    const owner = Owner.safeParse(readJson(join(parent, name, 'owner.json')));
    if (owner.success && !isAlive(owner.data)) removeScratch(join(parent, name));
  }
  const dir = mkdtempSync(join(parent, 'run-'));
  // PostgreSQL runs as another user when this is root; what is secret in there is 0600.
  chmodSync(dir, 0o755);
  writePrivate(join(dir, 'owner.json'), JSON.stringify(identify(process.pid)));
  return dir;
}

export function removeScratch(dir: string): void {
  for (const path of [...foreignData(dir), dir]) rmSync(path, { recursive: true, force: true });
}
