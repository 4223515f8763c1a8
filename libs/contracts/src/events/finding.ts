import { z } from 'zod';
import { defineEvent } from '../envelope.ts';
import { FindingKind } from '../finding.ts';
import { DeviceId, Instant } from '../ids.ts';

/** The watchdog has done what it can about a device, in vain: a person is to look at it. At most once in 24 hours for a device. */
export const findingAlerted = defineEvent(
  'finding.alerted',
  1,
  z.object({
    deviceId: DeviceId,
    kind: FindingKind,
    /** When it began, as far as is known. */
    since: Instant,
    /** In plain words. */
    text: z.string(),
    at: Instant,
  }),
);
