import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './paths.ts';

/** What each service reads from its environment, as its own schema says (docs/settings.json). */
export interface Settings {
  readonly base: readonly string[];
  /** By service: its own settings, beside those of all. */
  readonly services: Readonly<Record<string, readonly string[]>>;
}

interface Setting {
  readonly name: string;
}

export function readSettings(): Settings {
  const path = join(root, 'docs/settings.json');
  const parsed = JSON.parse(readFileSync(path, 'utf8')) as { base: Setting[]; services: Record<string, Setting[]> };
  const names = (settings: Setting[]): string[] => settings.map(({ name }) => name);
  return {
    base: names(parsed.base),
    services: Object.fromEntries(Object.entries(parsed.services).map(([service, own]) => [service, names(own)])),
  };
}

/** Read by no schema: the name of the service in traces, OpenTelemetry's variables, and Node's. */
const outside = /^(LAMP_SERVICE|OTEL_[A-Z0-9_]+|NODE_(EXTRA_CA_CERTS|OPTIONS|ENV))$/;

/** What the migration program reads (libs/storage/src/migrate/main.ts). */
const migrations = new Set(['LAMP_DATABASE_URL', 'LAMP_ROLE_PASSWORDS', 'LAMP_MIGRATIONS']);

/** Of `names`, those that `service` (or `migrations`) does not read. */
export function unread(settings: Settings, service: string, names: readonly string[]): string[] {
  const own =
    service === 'migrations' ? migrations : new Set([...settings.base, ...(settings.services[service] ?? [])]);
  return names.filter((name) => !own.has(name) && !outside.test(name));
}
