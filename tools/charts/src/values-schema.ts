import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { chart } from './paths.ts';
import type { Settings } from './settings.ts';

const path = join(chart, 'values.schema.json');

/** What the chart sets itself, from the values that are made for it. */
const charted = new Set([
  'LAMP_HTTP_HOST',
  'LAMP_HTTP_PORT',
  'LAMP_NATS_URL',
  'LAMP_REDIS_URL',
  'LAMP_DATABASE_URL',
  'LAMP_SECRET_KEY',
  'LAMP_GATEWAY_HOST',
  'LAMP_GATEWAY_PORT',
  'LAMP_GATEWAY_TLS',
  'LAMP_GATEWAY_TLS_CERT',
  'LAMP_GATEWAY_TLS_KEY',
  'LAMP_DEVICE_CA',
  'LAMP_ADMIN_TOKEN_SHA256',
]);

interface Schema {
  definitions: Record<string, unknown>;
}

function configOf(names: readonly string[]): object {
  const setting = { $ref: '#/definitions/setting' };
  return {
    type: 'object',
    additionalProperties: false,
    patternProperties: { '^OTEL_[A-Z0-9_]+$': setting, '^NODE_(EXTRA_CA_CERTS|OPTIONS)$': setting },
    properties: Object.fromEntries(names.filter((name) => !charted.has(name)).map((name) => [name, setting])),
  };
}

/** The schema's text with the settings of the services in it: Helm itself then refuses a setting that no service reads. */
export function withSettings(text: string, settings: Settings): string {
  const schema = JSON.parse(text) as Schema;
  const kept = Object.entries(schema.definitions).filter(([name]) => !/^config(-|$)/.test(name));
  schema.definitions = {
    ...Object.fromEntries(kept),
    config: configOf(settings.base),
    ...Object.fromEntries(
      Object.entries(settings.services).map(([service, own]) => [
        `config-${service}`,
        configOf([...settings.base, ...own]),
      ]),
    ),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Problems of the checked-in schema; with `write`, it is put right instead. */
export function checkValuesSchema(settings: Settings, write: boolean): string[] {
  const text = readFileSync(path, 'utf8');
  const wanted = withSettings(text, settings);
  if (text === wanted) return [];
  if (!write)
    return ['values.schema.json does not hold the services’ settings: run `node tools/charts/check.ts --write`'];
  writeFileSync(path, wanted);
  return [];
}
