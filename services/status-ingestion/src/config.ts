import { baseConfig } from '@lamplighter/runtime';
import { z } from 'zod';

export const config = baseConfig.extend({
  LAMP_INVENTORY_EXPIRY_HOURS: z.coerce
    .number()
    .min(0.1)
    .max(720)
    .default(72)
    .describe(
      'How long the DeviceInformation command that a newly enrolled device gets waits for that device, in hours.',
    ),
  LAMP_REPORT_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .describe('How many days of device reports are kept. Older ones are dropped a whole day at a time.'),
});
export type Config = z.infer<typeof config>;
