import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The checkout. */
export const root = resolve(import.meta.dirname, '../..');

/** The seven services, in the order of the path. */
export const services = [
  'update-scheduler',
  'command-queue',
  'apns-push',
  'device-gateway',
  'status-ingestion',
  'ddm',
  'admin-api',
] as const;

/** One file to bundle. */
export interface Bundle {
  readonly entry: string;
  readonly output: string;
}

/** What `names` (services; all of them and the migration program when empty) are bundled from and to. */
export function bundlesOf(names: readonly string[]): Bundle[] {
  const all: readonly string[] = names.length === 0 ? services : names;
  const preload = 'libs/runtime/src/otel.ts';
  const bundles = all.flatMap((name) => [
    { entry: `services/${name}/src/main.ts`, output: `services/${name}/dist/main.mjs` },
    { entry: preload, output: `services/${name}/dist/otel.mjs` },
  ]);
  if (names.length === 0)
    bundles.push({ entry: 'libs/storage/src/migrate/main.ts', output: 'libs/storage/dist/migrate.mjs' });
  return bundles.filter(({ entry }) => existsSync(join(root, entry)));
}
