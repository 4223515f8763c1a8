import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { writePrivate } from '../private-file.ts';

export interface AdminToken {
  readonly token: string;
  /** True when it was made just now: the one time to show it. */
  readonly isNew: boolean;
}

/** The bearer token of the admin API, kept in `<dir>/token` (0600) for this command line. */
export function ensureToken(dir: string): AdminToken {
  const path = join(dir, 'token');
  if (existsSync(path)) return { token: readFileSync(path, 'utf8').trim(), isNew: false };
  const token = `lamp_${randomBytes(32).toString('base64url')}`;
  writePrivate(path, `${token}\n`);
  return { token, isNew: true };
}

/** What the admin API is told of it. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
