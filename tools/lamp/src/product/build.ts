import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { LampError } from '../errors.ts';
import { repositoryRoot } from '../paths.ts';

/** Brings the bundles of all services up to date; quick when they are. */
export async function build(): Promise<void> {
  const child = spawn(process.execPath, [join(repositoryRoot, 'tools/build/build.ts'), '--quiet'], {
    cwd: repositoryRoot,
    stdio: ['ignore', 2, 2],
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0)
    throw new LampError('The build failed (see above).', 'Correct what it names; `npm run build` repeats it.');
}
