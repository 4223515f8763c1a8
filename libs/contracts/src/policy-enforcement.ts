import { z } from 'zod';

/** How devices of the declarative lane (those that take `softwareupdate.enforcement.specific`) are told. */
export const EnforcementSpec = z
  .object({
    /**
     * Days from the window in which the device is told to the window in which it installs by itself. Until then it downloads,
     * and reminds its user. 0: the same window, in the middle of its time to send.
     */
    announceDays: z.int().min(0).max(30).default(1),
    /** A page about the update, shown to the device's user. */
    detailsUrl: z.url({ protocol: /^https$/ }).optional(),
  })
  .strict();
export type EnforcementSpec = z.infer<typeof EnforcementSpec>;
