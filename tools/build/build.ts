import { bundle } from './bundle.ts';
import { bundlesOf, services } from './paths.ts';
import { generateClient } from './prisma.ts';

const usage = `Usage: node tools/build/build.ts [--quiet] [service…]

Bundles services (all of them, and the migration program, when none is named), generating the database client first.
What is up to date is left alone. Services: ${services.join(', ')}.`;

const args = process.argv.slice(2);
const names = args.filter((arg) => !arg.startsWith('-'));
const isQuiet = args.includes('--quiet');
const unknown = [
  ...names.filter((name) => !services.some((service) => service === name)),
  ...args.filter((arg) => arg.startsWith('-') && arg !== '--quiet'),
];

if (unknown.length > 0) {
  process.stderr.write(`build: unknown: ${unknown.join(', ')}\n${usage}\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await buildAll();
}

async function buildAll(): Promise<number> {
  const started = performance.now();
  const made: string[] = [];
  try {
    if (await generateClient()) made.push('the database client');
  } catch (error) {
    process.stderr.write(`build: the database client could not be generated: ${messageOf(error)}\n`);
    return 1;
  }
  const bundles = bundlesOf(names);
  const results = await Promise.allSettled(bundles.map(bundle));
  let failed = 0;
  for (const [index, result] of results.entries()) {
    const { entry, output } = bundles[index] ?? { entry: '', output: '' };
    if (result.status === 'fulfilled') {
      if (result.value) made.push(output);
      continue;
    }
    failed += 1;
    process.stderr.write(`build: ${entry}: ${messageOf(result.reason)}\n`);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (!isQuiet) process.stdout.write(`${[...made, `${made.length} made in ${seconds} s`].join('\n')}\n`);
  return failed === 0 ? 0 : 1;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stderr = 'stderr' in error ? String(error.stderr) : '';
  return stderr.trim() === '' ? error.message : stderr.trim();
}
