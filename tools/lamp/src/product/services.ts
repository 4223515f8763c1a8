import { join } from 'node:path';

import { repositoryRoot } from '../paths.ts';
import type { Program } from '../processes/program.ts';

/** The seven services, in the order of the path, and the database schema that each writes. */
export const schemas = {
  'update-scheduler': 'update_scheduler',
  'command-queue': 'command_queue',
  'apns-push': 'apns_push',
  'device-gateway': undefined,
  'status-ingestion': 'status_ingestion',
  ddm: 'ddm',
  'admin-api': 'admin_api',
} as const;

export type ServiceName = keyof typeof schemas;

export const serviceNames = Object.keys(schemas) as ServiceName[];

/** The schemas whose roles get a password. */
export const schemaNames: readonly string[] = Object.values(schemas).filter((schema) => schema !== undefined);

/** What each service's environment is made from. */
export interface ServiceSettings {
  readonly urls: { readonly nats: string; readonly redis: string; readonly database: string };
  readonly rolePasswords: Readonly<Record<string, string>>;
  readonly secretKey: string;
  readonly otlpEndpoint: string;
  readonly tokenHash: string;
  readonly gateway: { readonly port: number; readonly cert: string; readonly key: string; readonly deviceCa: string };
  /** Settings for all services, and for one: both go over what this file sets. */
  readonly env: Readonly<Record<string, string>>;
  readonly serviceEnv: Readonly<Partial<Record<ServiceName, Readonly<Record<string, string>>>>>;
}

/** Longer than a service's own longest drain (LAMP_DRAIN_SECONDS, 20). */
const graceMs = 25_000;

export function serviceProgram(name: ServiceName, httpPort: number, settings: ServiceSettings): Program {
  const home = join(repositoryRoot, 'services', name);
  return {
    name,
    command: process.execPath,
    args: ['--enable-source-maps', '--import', './dist/otel.mjs', './dist/main.mjs'],
    cwd: home,
    env: serviceEnv(name, httpPort, settings),
    stopSignal: 'SIGTERM',
    graceMs,
    ready: () => isReady(httpPort),
  };
}

/** True when the service answers that it takes work. */
export async function isReady(httpPort: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${httpPort}/readyz`, { signal: AbortSignal.timeout(2000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

export function serviceEnv(name: ServiceName, httpPort: number, settings: ServiceSettings): Record<string, string> {
  const { urls, gateway } = settings;
  const own: Partial<Record<ServiceName, Record<string, string>>> = {
    'device-gateway': {
      LAMP_GATEWAY_PORT: String(gateway.port),
      LAMP_GATEWAY_TLS_CERT: gateway.cert,
      LAMP_GATEWAY_TLS_KEY: gateway.key,
      LAMP_DEVICE_CA: gateway.deviceCa,
    },
    'admin-api': { LAMP_ADMIN_TOKEN_SHA256: settings.tokenHash },
  };
  const schema = schemas[name];
  return {
    NODE_ENV: 'production',
    LAMP_SERVICE: name,
    LAMP_HTTP_HOST: '127.0.0.1',
    LAMP_HTTP_PORT: String(httpPort),
    LAMP_NATS_URL: urls.nats,
    LAMP_REDIS_URL: urls.redis,
    ...(schema !== undefined && { LAMP_DATABASE_URL: roleUrl(urls.database, schema, settings.rolePasswords) }),
    LAMP_SECRET_KEY: settings.secretKey,
    OTEL_EXPORTER_OTLP_ENDPOINT: settings.otlpEndpoint,
    ...own[name],
    ...settings.env,
    ...settings.serviceEnv[name],
  };
}

/** The owner's URL with the role of one schema in it. */
export function roleUrl(ownerUrl: string, schema: string, passwords: Readonly<Record<string, string>>): string {
  const url = new URL(ownerUrl);
  url.username = `lamp_${schema}`;
  url.password = passwords[schema] ?? '';
  return url.toString();
}
