import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { generatedFiles } from './src/generated-files.ts';

const usage = `Usage: node tools/schema/generate.ts <checkout> [--check]

Writes libs/apple/src/generated from a checkout of Apple's device-management schema.
--check  writes nothing; exits 1 and names what differs from the checkout`;

const folder = resolve(import.meta.dirname, '../../libs/apple/src/generated');

function main(args: readonly string[]): number {
  const [checkout, ...more] = args.filter((arg) => arg !== '--check');
  if (checkout === undefined || more.length > 0 || checkout.startsWith('-')) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const files = generatedFiles(checkout);
  const present = readdirSync(folder);
  const gone = present.filter((name) => !(name in files));
  const stale = Object.keys(files).filter(
    (name) => !present.includes(name) || readFileSync(join(folder, name), 'utf8') !== files[name],
  );
  if (args.includes('--check')) {
    for (const name of [...stale, ...gone]) process.stderr.write(`${name} is not what the checkout says\n`);
    return stale.length + gone.length === 0 ? 0 : 1;
  }
  for (const name of stale) writeFileSync(join(folder, name), files[name] ?? '');
  for (const name of gone) rmSync(join(folder, name));
  process.stdout.write(`${[...stale, ...gone].join(', ') || 'nothing'} rewritten\n`);
  return 0;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`schema: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
