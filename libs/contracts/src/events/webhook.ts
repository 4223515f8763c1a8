import { z } from 'zod';
import { defineWork } from '../envelope.ts';
import { Instant } from '../ids.ts';
import { SourceName } from '../requests/device.ts';
import { AnswerPayload } from './command.ts';

const Said = z.object({
  /** The device's own message, a plist in base64. Who it is about is read from it. */
  raw_payload: z.string().optional(),
});

/** What MicroMDM and NanoMDM send to webhooks, as far as it is read. */
export const RelayedEvent = z.object({
  /** `mdm.Connect`, or `mdm.` and Apple's MessageType. Others are passed over. */
  topic: z.string().min(1).max(100),
  /** The same for each repeat. NanoMDM leaves it empty, or away. */
  event_id: z.string().max(200).optional(),
  /** When the device spoke: what is overtaken by something newer changes nothing. */
  created_at: Instant,
  /** With `mdm.Connect`. */
  acknowledge_event: Said.optional(),
  /** With all others. */
  checkin_event: Said.optional(),
});
export type RelayedEvent = z.infer<typeof RelayedEvent>;

/** Another MDM server says what one of its devices said. The same as POST /v1/webhook/{source}, for those who have NATS. */
export const webhookReceive = defineWork(
  'webhook.receive',
  1,
  z.object({
    /** Its name under /v1/sources. */
    source: SourceName,
    event: RelayedEvent,
    /** The device's message where it is too large for its event: takes the place of raw_payload. */
    payload: AnswerPayload.optional(),
  }),
);
