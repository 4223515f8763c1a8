import { baseConfig, OutboundRule, SecretKeys } from '@lamplighter/runtime';
import { z } from 'zod';
import type { DueTerms } from './domain/due.ts';

const seconds = (least: number, standard: number) => z.coerce.number().int().min(least).default(standard);

export const config = baseConfig.extend({
  LAMP_SECRET_KEY: SecretKeys.describe(
    'Key that seals push addresses, unlock and bootstrap tokens: 32 random bytes in base64, the same for all services. Required, here or in LAMP_SECRET_KEY_FILE.',
  ),
  LAMP_OUTBOUND: OutboundRule,
  LAMP_REPUSH_SECONDS: seconds(1, 600).describe(
    'How long a device that was pushed for a command has to fetch it before it is pushed again; the wait doubles each time.',
  ),
  LAMP_REPUSH_MAX_SECONDS: seconds(1, 7200).describe(
    'The wait between two pushes for one command never grows beyond this.',
  ),
  LAMP_ANSWER_GRACE_SECONDS: seconds(0, 900).describe(
    'How long after its expiry a command that a device has in hand may still be answered before it counts as unanswered.',
  ),
  LAMP_HISTORY_DAYS: z.coerce
    .number()
    .int()
    .min(2)
    .default(30)
    .describe(
      'Days for which finished commands are kept. An answer that a device repeats later than that is taken for an unknown one.',
    ),
  LAMP_EXCHANGE_BATCH: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(256)
    .describe('Most device connections that share one SQL statement.'),
  LAMP_EXCHANGE_IN_FLIGHT: z.coerce
    .number()
    .int()
    .min(1)
    .max(32)
    .default(4)
    .describe(
      'Such batches under way at once: some in the database, some waiting for the broker. Below LAMP_DATABASE_POOL.',
    ),
  LAMP_USER_CHANNEL: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'Answer to UserAuthenticate, with which a Mac asks for a network or mobile user: on manages the user, and checks no password; off declines (410).',
    ),
  LAMP_CERTIFICATE_RENEWAL: z
    .enum(['named', 'never'])
    .default('named')
    .describe(
      'Whether a TokenUpdate may come with another identity certificate than the enrolled one: named takes it where its names hold the UDID or serial number of the device; never makes the device enroll again.',
    ),
  LAMP_AUTHENTICATE: z
    .enum(['any', 'named'])
    .default('any')
    .describe(
      'Which identity certificate an Authenticate may come with: any that no other device has shown; named takes only one whose names hold the UDID or serial number of the device, of a known device the serial number that it enrolled with. For authorities that check names; keeps out User Enrollments, whose EnrollmentID no authority knows.',
    ),
  LAMP_MAID_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'JSON file with the keys that sign com.apple.maid tokens (GetToken): {"<tenant>": {"serverUuid": "<server_uuid of Apple Business Manager>", "keyFile": "<PEM file of the private key>"}}. Without it GetToken gets 400.',
    ),
  LAMP_TOKENS_PER_HOUR: z.coerce
    .number()
    .int()
    .min(1)
    .max(3600)
    .default(20)
    .describe(
      'Tokens that each enrollment, a user channel too, is given by GetToken: so many at once, and as many an hour. Further ones get 503 with Retry-After.',
    ),
});
export type Config = z.infer<typeof config>;

export function dueTermsOf(settings: Config): DueTerms {
  return {
    repushMs: settings.LAMP_REPUSH_SECONDS * 1000,
    repushMaxMs: Math.max(settings.LAMP_REPUSH_MAX_SECONDS, settings.LAMP_REPUSH_SECONDS) * 1000,
    answerGraceMs: settings.LAMP_ANSWER_GRACE_SECONDS * 1000,
  };
}
