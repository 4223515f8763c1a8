import { baseConfig, OutboundRule } from '@lamplighter/runtime';
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
  LAMP_OUTBOUND: OutboundRule,
  LAMP_WEBHOOK_TIMEOUT_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(120)
    .default(10)
    .describe('How long a webhook target may take to answer one event.'),
  LAMP_WEBHOOK_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(8)
    .describe('Events that one process sends to one webhook target at a time.'),
  LAMP_WEBHOOK_HOURS: z.coerce
    .number()
    .min(0.01)
    .max(168)
    .default(24)
    .describe('How long an event is tried before it is given up (`lamp webhook deliveries --failed`).'),
  LAMP_WEBHOOK_ATTEMPTS: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(60)
    .describe('How often one event is tried before it is given up; the pauses grow to half an hour.'),
  LAMP_WEBHOOK_BACKLOG: z.coerce
    .number()
    .int()
    .min(100)
    .max(10_000_000)
    .default(100_000)
    .describe('Most events that are kept for one webhook. What comes beyond is dropped, and counted.'),
  LAMP_WEBHOOK_FAILED_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(365)
    .default(7)
    .describe('Days for which an event that was given up can be looked at and tried again.'),
  LAMP_AUDIT_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(400)
    .describe('Days for which it is kept who changed what (`admin_api.audit`).'),
});
export type Config = z.infer<typeof config>;
