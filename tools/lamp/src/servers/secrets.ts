import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';

import { readJson, writePrivate } from '../private-file.ts';

const Secrets = z.object({
  nats: z.string(),
  redis: z.string(),
  database: z.string(),
  /** Passwords of the services' database roles, by schema. */
  roles: z.record(z.string(), z.string()),
  /** 32 bytes, base64: seals secrets at rest. */
  key: z.string(),
});

export type Secrets = z.infer<typeof Secrets>;

/** The installation's secrets (`secrets.json`, 0600), made on first use; schemas that are new to it get a password. */
export function loadSecrets(dir: string, schemas: readonly string[] = []): Secrets {
  const path = join(dir, 'secrets.json');
  const known = Secrets.safeParse(readJson(path));
  const secrets: Secrets = known.success
    ? known.data
    : {
        nats: password(),
        redis: password(),
        database: password(),
        roles: {},
        key: randomBytes(32).toString('base64'),
      };
  const missing = schemas.filter((schema) => secrets.roles[schema] === undefined);
  if (known.success && missing.length === 0) return secrets;
  for (const schema of missing) secrets.roles[schema] = password();
  writePrivate(path, JSON.stringify(secrets, null, 2));
  return secrets;
}

function password(): string {
  return randomBytes(18).toString('hex');
}
