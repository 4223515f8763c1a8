import { baseConfig } from '@lamplighter/runtime';
import { z } from 'zod';

export const config = baseConfig.extend({
  LAMP_COMMAND_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(7)
    .describe(
      'Days for which a command that was sent without an expiry waits for its device; so for all that come through the NanoMDM and MicroMDM APIs.',
    ),
  LAMP_ADMIN_TOKEN_SHA256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'the SHA-256 of the token, 64 lower-case hex digits')
    .optional()
    .describe(
      'SHA-256 (hex) of a bearer token that is let in as `default` administrator, to make the first token with.',
    ),
});
export type Config = z.infer<typeof config>;
