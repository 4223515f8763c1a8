import { z } from 'zod';

const BYTES = 32;
const BASE64 = /^(?:[A-Za-z0-9+/]{43}=?|[A-Za-z0-9_-]{43}=?)$/;

function texts(setting: string): string[] {
  return setting.split(/[\s,]+/).filter((text) => text !== '');
}

/** LAMP_SECRET_KEY: keys in base64, apart by commas or white space, the newest first. */
export const SecretKeys = z
  .string({ error: 'missing; it must be 32 random bytes in base64, the same for all services' })
  .refine((setting) => texts(setting).length > 0 && texts(setting).every((text) => BASE64.test(text)), {
    error: `it must be ${BYTES} random bytes in base64; several keys are comma separated, the newest first`,
  });

/** The newest first. */
export function secretKeys(setting: string): Buffer[] {
  return texts(setting).map((text) => Buffer.from(text, 'base64'));
}
