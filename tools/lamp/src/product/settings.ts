/** What the `lamp` command decides itself, or reads for itself: never handed on from its environment. */
const own = new Set([
  'LAMP_DIR',
  'LAMP_SERVICE',
  'LAMP_HTTP_HOST',
  'LAMP_HTTP_PORT',
  'LAMP_NATS_URL',
  'LAMP_REDIS_URL',
  'LAMP_DATABASE_URL',
  'LAMP_SECRET_KEY',
  'LAMP_GATEWAY_PORT',
  'LAMP_ADMIN_TOKEN_SHA256',
  'LAMP_NATS_SERVER',
  'LAMP_REDIS_SERVER',
  'LAMP_POSTGRES_BIN',
]);

/** The `LAMP_` settings of an environment that are for the services. */
export function operatorSettings(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[0].startsWith('LAMP_') && !own.has(entry[0]) && entry[1] !== undefined,
    ),
  );
}
