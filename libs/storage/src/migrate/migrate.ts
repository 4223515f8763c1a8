import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@lamplighter/contracts';
import pg from 'pg';
import { openSchemaEngine } from './schema-engine.ts';

const EXTERNAL = { externalTables: [], externalEnums: [] };

async function readMigrations(baseDir: string) {
  const entries = await readdir(baseDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrationDirectories = await Promise.all(
    names.toSorted().map(async (name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: await readFile(join(baseDir, name, 'migration.sql'), 'utf8') },
      },
    })),
  );
  const lockfile = {
    path: 'migration_lock.toml',
    content: await readFile(join(baseDir, 'migration_lock.toml'), 'utf8'),
  };
  return { baseDir, lockfile, shadowDbInitScript: '', migrationDirectories };
}

/**
 * Applies what is not applied yet, in order, and notes it in `_prisma_migrations`. Several at once are safe: one works, the others wait.
 * @param databaseUrl an owner that may create schemas and roles
 * @returns the names applied now; empty when there was nothing to do
 */
export async function migrate(databaseUrl: string, directory: string): Promise<string[]> {
  const guard = new pg.Client({ connectionString: databaseUrl });
  await guard.connect();
  try {
    await guard.query('SELECT pg_advisory_lock(7104)');
    const { engine, close } = await openSchemaEngine(databaseUrl);
    try {
      const result = await engine.applyMigrations({
        migrationsList: await readMigrations(directory),
        filters: EXTERNAL,
      });
      return result.appliedMigrationNames;
    } finally {
      await close();
    }
  } catch (error) {
    throw new AppError('migration.failed', `the database was not migrated: ${messageOf(error)}`, {
      cause: error,
      remedy: 'read the PostgreSQL error; the migration that failed is named in _prisma_migrations',
    });
  } finally {
    await guard.end();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Lets the services' roles log in.
 * @param passwords by schema name, e.g. `command_queue`
 */
export async function setRolePasswords(databaseUrl: string, passwords: Record<string, string>): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Roles belong to the whole cluster: two databases of one cluster may come here at once.
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock(7105)');
    for (const [schema, password] of Object.entries(passwords)) {
      const role = pg.escapeIdentifier(`lamp_${schema}`);
      await client.query(`ALTER ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
