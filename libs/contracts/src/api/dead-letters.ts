import { z } from 'zod';
import { Instant } from '../ids.ts';
import { page } from './schemas.ts';

/** One token of a subject, or several: no wildcards. */
const name = z.string().regex(/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$/, 'lower-case words, joined by dashes and dots');

export const DeadLetterFilter = z.object({
  /** The service that could not handle it, e.g. `command-queue`. */
  service: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'lower-case words, joined by dashes')
    .max(100)
    .optional(),
  /** Name of the message, e.g. `command.enqueue`. */
  message: name.max(100).optional(),
});
export type DeadLetterFilter = z.infer<typeof DeadLetterFilter>;

/** A message that a service could not handle; it is kept for 30 days. */
export const DeadLetter = z
  .object({
    /** Its place in the stream of dead letters. */
    sequence: z.int(),
    /** When it was set aside. */
    at: Instant,
    service: z.string(),
    message: z.string(),
    /** Of the error, e.g. `message.invalid`; `unknown` for one that nobody foresaw. */
    code: z.string(),
    /** One line. */
    reason: z.string(),
    /** The subject that it goes back to. */
    subject: z.string(),
    messageId: z.string(),
    /** How often it was handed to the service since it was published or redriven. */
    deliveries: z.int(),
    /** How often it was redriven and came back. */
    redrives: z.int(),
    bytes: z.int(),
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetter = z.infer<typeof DeadLetter>;

export const DeadLetterPage = page(DeadLetter)
  .extend({
    /** All that match. */
    total: z.int(),
  })
  .meta({ id: 'DeadLetterPage' });
export type DeadLetterPage = z.infer<typeof DeadLetterPage>;

export const DeadLetterDetail = DeadLetter.extend({
  /** The message; as text where it is not JSON. */
  payload: z.unknown(),
}).meta({ id: 'DeadLetterDetail' });
export type DeadLetterDetail = z.infer<typeof DeadLetterDetail>;

export const RedriveMany = DeadLetterFilter.extend({
  /** Only letters up to this one; by default up to the newest. What comes back is newer. */
  upTo: z.int().min(0).optional(),
}).meta({ id: 'RedriveMany' });

/** One call redrives at most 500, oldest first. */
export const RedrivenMany = z
  .object({
    redriven: z.int(),
    /** For the next call. */
    upTo: z.int(),
    /** Whether letters up to `upTo` are left. */
    more: z.boolean(),
  })
  .meta({ id: 'RedrivenMany' });
export type RedrivenMany = z.infer<typeof RedrivenMany>;
