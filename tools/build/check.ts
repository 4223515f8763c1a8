import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { root } from './paths.ts';
import { generateClient } from './prisma.ts';

/** The checks of CI besides the tests. Each is a program of `node_modules/.bin`, or node, with its arguments. */
const checks: Record<string, readonly string[]> = {
  format: ['oxfmt', '--check', '.'],
  lint: ['oxlint', '--type-aware', '--deny-warnings', '.'],
  types: ['tsc', '-p', 'tsconfig.json', '--noEmit'],
  boundaries: [
    'depcruise',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'err-long',
    'libs',
    'services',
    'tools',
  ],
  documents: ['node', 'tools/build/generate.ts', '--check'],
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => checks[name] === undefined);

if (unknown.length > 0) {
  process.stderr.write(`check: unknown: ${unknown.join(', ')}. There are: ${Object.keys(checks).join(', ')}.\n`);
  process.exitCode = 2;
} else {
  // The types of the database client are generated.
  await generateClient();
  const names = asked.length > 0 ? asked : Object.keys(checks);
  const failed: string[] = [];
  for (const name of names) if (!(await passes(name, checks[name] ?? []))) failed.push(name);
  if (failed.length > 0) process.stderr.write(`check: failed: ${failed.join(', ')}\n`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

/** One line for a check that passes; all that it says when it fails. */
async function passes(name: string, [program = '', ...args]: readonly string[]): Promise<boolean> {
  const started = performance.now();
  const child = spawn(program === 'node' ? process.execPath : join(root, 'node_modules/.bin', program), args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)\n`);
  if (code !== 0) process.stdout.write(`${Buffer.concat(said).toString('utf8').trimEnd()}\n`);
  return code === 0;
}
