import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrate, PgDatabase, type ServiceSchema, setRolePasswords } from '@lamplighter/storage';
import pg from 'pg';
import { serverUrl } from './servers.ts';
import { silentLog } from './silent-log.ts';

const MIGRATIONS = join(import.meta.dirname, '../../storage/prisma/migrations');
const PASSWORD = 'test';
const SCHEMAS = ['command_queue', 'apns_push', 'update_scheduler', 'status_ingestion', 'ddm', 'admin_api'];

export interface TestDatabase {
  /** As the superuser: for looking and for setting the stage. */
  admin: PgDatabase;
  adminUrl: string;
  /** URL as a service's own role, with just its rights. */
  urlOf(schema: ServiceSchema): string;
  /** A pool as a service's own role. */
  as(schema: ServiceSchema): PgDatabase;
  close(): Promise<void>;
}

/** A database of its own, migrated: cloned from a template that the first caller makes. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = serverUrl('LAMP_DATABASE_URL');
  const name = `lamp_test_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query('SELECT pg_advisory_lock(7106)');
  const template = await ensureTemplate(client, server);
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
  await client.query('SELECT pg_advisory_unlock(7106)');
  const adminUrl = withDatabase(server, name);
  const pools: PgDatabase[] = [];
  const open = (url: string) => {
    const database = new PgDatabase(url, 6, silentLog);
    pools.push(database);
    return database;
  };
  const urlOf = (schema: ServiceSchema) => withUser(adminUrl, `lamp_${schema}`, PASSWORD);
  return {
    admin: open(adminUrl),
    adminUrl,
    urlOf,
    as: (schema) => open(urlOf(schema)),
    async close() {
      await Promise.all(pools.map((pool) => pool.pool.end()));
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await client.end();
    },
  };
}

/** Named by what the migrations say, so that a changed migration gets a new one. */
async function ensureTemplate(client: pg.Client, server: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of readdirSync(MIGRATIONS, { recursive: true, encoding: 'utf8' }).toSorted()) {
    if (file.endsWith('.sql')) hash.update(readFileSync(join(MIGRATIONS, file)));
  }
  const name = `lamp_template_${hash.digest('hex').slice(0, 12)}`;
  const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  if (found.rowCount) return name;
  const draft = `${name}_${randomBytes(3).toString('hex')}`;
  await client.query(`CREATE DATABASE ${draft}`);
  await migrate(withDatabase(server, draft), MIGRATIONS);
  await setRolePasswords(withDatabase(server, draft), Object.fromEntries(SCHEMAS.map((schema) => [schema, PASSWORD])));
  await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
  return name;
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

function withUser(url: string, user: string, password: string): string {
  const changed = new URL(url);
  changed.username = user;
  changed.password = password;
  return changed.href;
}
