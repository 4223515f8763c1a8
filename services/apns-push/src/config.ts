import { baseConfig, SecretKeys } from '@lamplighter/runtime';
import { z } from 'zod';

export const config = baseConfig.extend({
  LAMP_SECRET_KEY: SecretKeys.describe(
    'Key that seals push certificates and opens push addresses: 32 random bytes in base64, the same for all services. Required, here or in LAMP_SECRET_KEY_FILE.',
  ),
  LAMP_APNS_URL: z
    .url({ protocol: /^https$/ })
    .default('https://api.push.apple.com:443')
    .describe("Where pushes go: Apple's service (port 443 or 2197), or a simulated one."),
  LAMP_APNS_CA: z
    .string()
    .min(1)
    .optional()
    .describe(
      "PEM file with the certificate authorities to trust for LAMP_APNS_URL instead of the system's. Only for a simulated push service.",
    ),
  LAMP_APNS_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(50)
    .default(2)
    .describe('HTTP/2 connections that one process keeps to APNs for each push topic.'),
  LAMP_APNS_TIMEOUT_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(60)
    .default(10)
    .describe("How long one push waits for APNs' answer."),
  LAMP_PUSHES_PER_SECOND: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(2000)
    .describe('Most pushes a second, shared by all processes of the installation (over Redis).'),
  LAMP_TOPIC_PUSHES_PER_SECOND: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe(
      'Most pushes a second of one topic, so that one tenant leaves room for others. No limit but the above if unset.',
    ),
  LAMP_PUSH_SPACING_SECONDS: z.coerce
    .number()
    .min(0)
    .max(60)
    .default(1)
    .describe(
      'Least time between two pushes to one device, by LAMP_CLOCK. Requests that come meanwhile become one push at its end; 0 pushes at once.',
    ),
  LAMP_APNS_PROBE_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(86_400)
    .default(300)
    .describe('How long a topic rests whose certificate APNs refuses, before one push tries whether that has changed.'),
  LAMP_PUSH_RETRY_SECONDS: z.coerce
    .number()
    .min(0)
    .max(60)
    .default(5)
    .describe(
      'How long a push is tried again, with growing pauses, after 429, 500, 503 or a lost connection. The command queue asks again later anyway.',
    ),
  LAMP_PUSH_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(14)
    .describe('How many days of the push log are kept. Older ones are dropped a whole day at a time.'),
});
export type Config = z.infer<typeof config>;
