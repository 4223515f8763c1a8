import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { isUpToDate, recordInputs } from './inputs.ts';
import { root } from './paths.ts';

const storage = join(root, 'libs/storage');
const schema = join(storage, 'prisma/schema');
const output = join(storage, 'src/generated/client.ts');

/** Generates the database client from the schema, without the engines that Prisma would download. True when it was out of date. */
export async function generateClient(): Promise<boolean> {
  if (!existsSync(schema) || isUpToDate(output)) return false;
  const files = readdirSync(schema, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.prisma'));
  if (files.length === 0) return false;
  await promisify(execFile)(
    process.execPath,
    [join(root, 'node_modules/prisma/build/index.js'), 'generate', '--schema', schema],
    {
      cwd: storage,
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
        CHECKPOINT_DISABLE: '1',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
      },
    },
  );
  recordInputs(output, [schema, ...files.map((file) => join(schema, file))]);
  return true;
}
