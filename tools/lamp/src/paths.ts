import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The checkout that this file belongs to. */
export const repositoryRoot = resolve(import.meta.dirname, '../../..');

/** Where unpacked server binaries are kept, shared by every state directory of this checkout. */
export const binariesDir = join(repositoryRoot, '.lamp', 'bin');

/** `--dir`, else `LAMP_DIR`, else `.lamp` in the checkout; created (0700 unless it exists) when missing. */
export function stateDir(option?: string): string {
  const dir = resolve(option ?? process.env.LAMP_DIR ?? join(repositoryRoot, '.lamp'));
  mkdirSync(dir, { recursive: true });
  return dir;
}
