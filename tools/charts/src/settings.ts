import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './paths.ts';

/** What each service reads from its environment, as its own schema says (docs/settings.json). */
export interface Settings {
  readonly base: readonly string[];
  /** By service: its own settings, beside those of all. */
  readonly services: Readonly<Record<string, readonly string[]>>;
  /** Services that seal or open secrets: what needs it refuses where they have no LAMP_SECRET_KEY. */
  readonly sealing: readonly string[];
}

interface Setting {
  readonly name: string;
}

export function readSettings(): Settings {
  const path = join(root, 'docs/settings.json');
  const parsed = JSON.parse(readFileSync(path, 'utf8')) as { base: Setting[]; services: Record<string, Setting[]> };
  const names = (settings: Setting[]): string[] => settings.map(({ name }) => name);
  return {
    sealing: Object.keys(parsed.services).filter(seals),
    base: names(parsed.base),
    services: Object.fromEntries(Object.entries(parsed.services).map(([service, own]) => [service, names(own)])),
  };
}

/** Whether its code takes the port. */
function seals(service: string): boolean {
  const source = join(root, 'services', service, 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.some((file) => /\bSealer\b/.test(readFileSync(join(source, file), 'utf8')));
}

/** Which of them needs the key and is not given it, as a problem. */
export function withoutKey({ sealing }: Settings, service: string, names: readonly string[]): string[] {
  const isGiven = names.includes('LAMP_SECRET_KEY') || names.includes('LAMP_SECRET_KEY_FILE');
  return sealing.includes(service) && !isGiven ? [`${service} seals secrets, and has no LAMP_SECRET_KEY`] : [];
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
