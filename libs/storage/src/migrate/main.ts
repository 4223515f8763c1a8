import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseConfig } from '@lamplighter/runtime';
import { migrate, setRolePasswords } from './migrate.ts';

const config = z.object({
  LAMP_DATABASE_URL: z
    .string()
    .min(1)
    .describe('PostgreSQL, as the owner of the database: it may create schemas and roles.'),
  LAMP_ROLE_PASSWORDS: z
    .string()
    .transform((text) => z.record(z.string(), z.string()).parse(JSON.parse(text)))
    .optional()
    .describe('JSON object: each service\'s schema and the password of its role, e.g. {"command_queue":"…"}.'),
  LAMP_MIGRATIONS: z.string().optional().describe('Folder of the migrations, where it is not beside the program.'),
});

function migrationsFolder(): string {
  const beside = ['../prisma/migrations', '../../prisma/migrations'].map((path) => join(import.meta.dirname, path));
  return beside.find((path) => existsSync(path)) ?? beside[0]!;
}

const settings = parseConfig('migrate', config, process.env);
try {
  const applied = await migrate(settings.LAMP_DATABASE_URL, settings.LAMP_MIGRATIONS ?? migrationsFolder());
  if (settings.LAMP_ROLE_PASSWORDS) await setRolePasswords(settings.LAMP_DATABASE_URL, settings.LAMP_ROLE_PASSWORDS);
  process.stdout.write(`${JSON.stringify({ applied })}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
