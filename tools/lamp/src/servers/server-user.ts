import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { LampError } from '../errors.ts';
import { say } from '../output.ts';

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root: then `postgres`, else `nobody`. Undefined for any other user, who runs it himself. */
export function postgresUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const uid = spawnSync('id', ['-u', name], { encoding: 'utf8' });
    if (uid.status !== 0) continue;
    const gid = execFileSync('id', ['-g', name], { encoding: 'utf8' });
    return { name, uid: Number(uid.stdout), gid: Number(gid) };
  }
  throw new LampError(
    'PostgreSQL cannot run as root, and there is neither a user postgres nor nobody to run it.',
    'Run ./lamp as a normal user, or add a user postgres.',
  );
}

/** True when `user` (undefined: this process) can reach files below `dir`. */
export function canReach(dir: string, user: User | undefined): boolean {
  if (user === undefined) return true;
  return spawnSync('test', ['-x', dir], { uid: user.uid, gid: user.gid }).status === 0;
}

/**
 * Where a directory that `user` must reach can lie: `parent` itself, or one of its own below /var/lib/lamplighter where
 * he cannot reach `parent` (a checkout under /root, say).
 */
export function reachableHome(parent: string, user: User | undefined): string {
  if (canReach(parent, user)) return parent;
  return join('/var/lib/lamplighter', createHash('sha256').update(parent).digest('hex').slice(0, 12));
}

/** A directory named `name` that `user` owns, in the `reachableHome` of `parent`. */
export function dirForUser(parent: string, name: string, user: User | undefined): string {
  const home = reachableHome(parent, user);
  const dir = join(home, name);
  if (home !== parent && !existsSync(dir)) say(`${user?.name} cannot reach ${parent}: ${name} is kept in ${dir}.`);
  mkdirSync(home, { recursive: true, mode: 0o755 });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (user !== undefined) chownSync(dir, user.uid, user.gid);
  return dir;
}
