import { clockFrom } from '@lamplighter/contracts';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SecretKeys } from './secret-keys.ts';

/** Injection token of the service's parsed settings. */
export const CONFIG = Symbol('config');

function parses(setting: string): boolean {
  try {
    clockFrom(setting);
    return true;
  } catch {
    return false;
  }
}

/** The settings that every service has. A service's `config.ts` extends them. */
export const baseConfig = z.object({
  LAMP_HTTP_HOST: z
    .string()
    .default('0.0.0.0')
    .describe('Address that health, readiness and the service API listen on.'),
  LAMP_HTTP_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(8080)
    .describe('Port of health, readiness and the service API; 0 picks a free one.'),
  LAMP_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    .default('info')
    .describe('The least severe log lines that are written.'),
  LAMP_CLOCK: z
    .string()
    .default('real')
    .refine(parses, 'neither "real" nor "scaled:<realEpochMs>:<startEpochMs>:<factor>"')
    .describe(
      '`real`, or a scaled clock for simulations: `scaled:<realEpochMs>:<startEpochMs>:<factor>`. The same for all services.',
    ),
  LAMP_NATS_URL: z
    .string()
    .min(1)
    .default('nats://127.0.0.1:4222')
    .describe('NATS servers with JetStream (2.14 or later), comma separated; user and password in the URL.'),
  LAMP_NATS_CREDS_FILE: z
    .string()
    .optional()
    .describe("File with the NATS user's JWT and key (`.creds`), instead of user and password in the URL."),
  LAMP_NATS_TLS_CA: z
    .string()
    .optional()
    .describe(
      "PEM file of the authorities that issued the NATS servers' certificates; TLS is then demanded. `tls://` in the URL demands it with the system's authorities.",
    ),
  LAMP_NATS_MANAGE_STREAMS: z
    .stringbool()
    .prefault('true')
    .describe(
      'Whether this service creates and updates the streams; `false` where its NATS user may not: it then waits until they are there.',
    ),
  LAMP_NATS_PREFIX: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/)
    .default('lamp')
    .describe('First token of all subjects; upper-cased, the first part of stream names.'),
  LAMP_NATS_REPLICAS: z.coerce
    .number()
    .int()
    .min(1)
    .max(5)
    .default(1)
    .describe('Replicas of each stream: 3 in production.'),
  LAMP_NATS_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1_048_576)
    .default(4_294_967_296)
    .describe('Size limit of each stream, in bytes.'),
  LAMP_REDIS_URL: z
    .string()
    .min(1)
    .default('redis://127.0.0.1:6379')
    .describe('Redis: holds only what may be lost (budgets, counters, caches).'),
  LAMP_DATABASE_URL: z
    .string()
    .min(1)
    .default('postgres://127.0.0.1:5432/lamplighter')
    .describe("PostgreSQL 15 or later, as this service's own role."),
  LAMP_DATABASE_POOL: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(8)
    .describe('Most connections to PostgreSQL that one process holds.'),
  LAMP_SECRET_KEY: SecretKeys.optional().describe(
    'Key that seals secrets at rest: 32 random bytes in base64. Services that hold secrets refuse to start without it. Several, comma separated: the first seals, all open; see docs/runbooks/change-secret-key.md.',
  ),
  LAMP_SECRET_KEY_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('File that holds LAMP_SECRET_KEY, instead of the environment. Several keys: one a line.'),
  LAMP_TRACE_SAMPLE: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('Share of device-updates that are traced, 0 to 1.'),
  LAMP_DRAIN_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .default(20)
    .describe('Longest time to finish work in hand after SIGTERM.'),
});
export type BaseConfig = z.infer<typeof baseConfig>;

/** A setting that cannot be used. The message names every one, where it stands and what it must be. */
export class ConfigError extends Error {
  constructor(service: string, issues: readonly { path: string; message: string }[]) {
    const lines = issues.map((issue) => `  ${issue.path}: ${issue.message}`);
    super(`${service} cannot start, its settings (environment variables) are not usable:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** Parses the environment; empty strings count as unset. Values are never echoed: they may be secrets. */
export function parseConfig<S extends z.ZodObject>(
  service: string,
  schema: S,
  env: Record<string, string | undefined>,
): z.infer<S> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(withSecretKey(service, given));
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    service,
    parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
  );
}

/** Whoever names a file for the key gives the key. */
function withSecretKey(service: string, given: Record<string, string | undefined>): typeof given {
  const { LAMP_SECRET_KEY_FILE: path, LAMP_SECRET_KEY: key } = given;
  if (path === undefined) return given;
  const refuse = (message: string) => new ConfigError(service, [{ path: 'LAMP_SECRET_KEY_FILE', message }]);
  if (key !== undefined) throw refuse('set besides LAMP_SECRET_KEY; only one of them may be');
  try {
    return { ...given, LAMP_SECRET_KEY: readFileSync(path, 'utf8') };
  } catch (error) {
    throw refuse(`the file ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
}
