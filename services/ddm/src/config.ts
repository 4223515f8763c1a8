import { baseConfig } from '@lamplighter/runtime';
import { z } from 'zod';

export const config = baseConfig.extend({
  LAMP_DDM_DEVICES_PER_SECOND: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(500)
    .describe(
      'How many devices of a tenant are told each second, at most, that their declarations changed. Others wait for their turn.',
    ),
  LAMP_DDM_EXPIRY_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(365)
    .default(7)
    .describe('For how many days a device is pushed to fetch its declarations before it is told anew.'),
  LAMP_DDM_SUBSCRIPTIONS: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'Whether every device that knows declarative management is asked to report its OS and its software updates by itself.',
    ),
  LAMP_DDM_REPORT_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .describe('How many days of status reports are kept as they came.'),
  LAMP_DDM_SYNC_BATCH: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(256)
    .describe('Most requests of devices that share one SQL statement.'),
});
export type Config = z.infer<typeof config>;
