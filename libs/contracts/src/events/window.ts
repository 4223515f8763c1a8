import { z } from 'zod';
import { defineEvent } from '../envelope.ts';
import { Instant, Traceparent } from '../ids.ts';

/** One occurrence of a policy's window in one zone has opened. */
export const windowOpened = defineEvent(
  'window.opened',
  1,
  z.object({
    occurrenceId: z.guid(),
    policyId: z.guid(),
    rolloutId: z.guid(),
    /** IANA zone of the occurrence; `*` when the window is in a fixed zone and holds for every device. */
    zone: z.string(),
    opensAt: Instant,
    /** Nothing is handed over from here on. */
    stopsAt: Instant,
    closesAt: Instant,
    traceparent: Traceparent.optional(),
  }),
);

/** The devices of an occurrence are chosen and dealt into waves. */
export const rolloutPlanned = defineEvent(
  'rollout.planned',
  1,
  z.object({
    occurrenceId: z.guid(),
    rolloutId: z.guid(),
    planned: z.int(),
    waves: z.int(),
    notEligible: z.int(),
    alreadyInstalled: z.int(),
  }),
);

/** The first commands of a wave were staged for the queue. For views; the devices travel in `command.enqueue`. */
export const waveReleased = defineEvent(
  'wave.released',
  1,
  z.object({ occurrenceId: z.guid(), rolloutId: z.guid(), wave: z.int(), devices: z.int() }),
);
