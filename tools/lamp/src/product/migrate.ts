import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { LampError } from '../errors.ts';
import { repositoryRoot } from '../paths.ts';
import { LogFile, tailOf } from '../processes/log-file.ts';
import { run } from '../processes/program.ts';

/** Brings the database to this version's schema and gives the services' roles their passwords. */
export async function migrate(
  dir: string,
  databaseUrl: string,
  passwords: Readonly<Record<string, string>>,
): Promise<void> {
  const program = join(repositoryRoot, 'libs/storage/dist/migrate.mjs');
  if (!existsSync(program)) throw new LampError(`${program} is missing.`, 'Run npm run build.');
  const path = join(dir, 'logs', 'migrate.log');
  const log = new LogFile(path);
  const job = run(
    {
      name: 'migrate',
      command: process.execPath,
      args: ['--enable-source-maps', program],
      cwd: join(repositoryRoot, 'libs/storage'),
      env: { LAMP_DATABASE_URL: databaseUrl, LAMP_ROLE_PASSWORDS: JSON.stringify(passwords) },
      stopSignal: 'SIGTERM',
    },
    log,
  );
  const exit = await job.exited;
  log.close();
  if (exit.code === 0) return;
  const tail = tailOf(path, 12).map((line) => `    ${line}`);
  throw new LampError(`The database could not be migrated:\n${tail.join('\n')}`, `Read ${path} for the whole log.`);
}
