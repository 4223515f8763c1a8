import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from './bundle.ts';
import { configPage } from './documents/config-page.ts';
import { messageDocuments } from './documents/messages/documents.ts';
import { reasonsPage } from './documents/reasons-page.ts';
import { resourceSchemas } from './documents/resource-schemas.ts';
import { root } from './paths.ts';
import { generateClient } from './prisma.ts';

const usage = `Usage: node tools/build/generate.ts [--check]

Writes what is made from code: docs/config.md, docs/settings.json, docs/openapi.json, docs/asyncapi.json, docs/schemas,
docs/events.md, docs/reasons.md and deploy/nats/services.conf.
--check  writes nothing; exits 1 and names what differs from the code`;

/** Services hold decorators, which Node does not run from source: what they say of themselves is bundled first. */
async function describe(): Promise<typeof import('./documents/describe.ts').description> {
  const output = 'tools/build/dist/describe.mjs';
  await generateClient();
  await bundle({ entry: 'tools/build/documents/describe.ts', output });
  const module = (await import(pathToFileURL(join(root, output)).href)) as typeof import('./documents/describe.ts');
  return module.description;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg !== '--check')) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const { base, services, openApi } = await describe();
  const files: Record<string, string> = {
    'docs/config.md': configPage(base, services),
    'docs/settings.json': `${JSON.stringify({ base, services }, null, 2)}\n`,
    'docs/openapi.json': `${JSON.stringify(openApi, null, 2)}\n`,
    'docs/reasons.md': reasonsPage(),
    ...messageDocuments(),
    ...resourceSchemas(),
  };
  // A schema of a message that is no more.
  const gone = globSync('docs/schemas/*', { cwd: root }).filter((file) => files[file] === undefined);
  const stale = Object.entries(files).filter(([file, text]) => {
    const path = join(root, file);
    return !existsSync(path) || readFileSync(path, 'utf8') !== text;
  });
  if (args.includes('--check')) {
    for (const [file] of stale) process.stderr.write(`${file} is not what the code says: run \`npm run generate\`\n`);
    for (const file of gone) process.stderr.write(`${file} is of no message: run \`npm run generate\`\n`);
    return stale.length + gone.length === 0 ? 0 : 1;
  }
  for (const [file, text] of stale) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  for (const file of gone) rmSync(join(root, file));
  process.stdout.write(`${[...stale.map(([file]) => file), ...gone].join(', ') || 'nothing'} rewritten\n`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
