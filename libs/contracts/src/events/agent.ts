import { z } from 'zod';
import { defineEvent } from '../envelope.ts';
import { DeviceId, Instant } from '../ids.ts';

const Health = z.enum(['working', 'stuck']);

/** What the database cannot hold is refused where it comes in: once it was taken it would be lost. */
const words = (most: number) =>
  z
    .string()
    .max(most)
    .refine(
      (text) => !text.includes('\0') && text.isWellFormed(),
      'holds a NUL character or half a character, which cannot be stored',
    );

/** What an agent on a device says of it. What it leaves out it does not know. */
export const AgentFacts = z.object({
  agentVersion: words(50).optional(),
  /** The device's MDM client: `stuck` where it does not answer, or does not come when it is pushed. */
  mdmClient: Health.optional(),
  /** The process that downloads and installs updates. */
  softwareUpdate: Health.optional(),
  /** The device's identity for MDM in its keychain: without it the device cannot connect to this server. */
  identityCertificate: z.enum(['present', 'missing']).optional(),
  /** Bytes that are free on the system's volume. */
  freeDiskBytes: z.int().min(0).optional(),
  onPower: z.boolean().optional(),
  /** 0 to 1. */
  batteryLevel: z.number().min(0).max(1).optional(),
  /** When the device was last started. */
  restartedAt: Instant.optional(),
  /** In the agent's own words. */
  note: words(500).optional(),
});
export type AgentFacts = z.infer<typeof AgentFacts>;

/** An agent on a device has reported. The newest report of a device is kept, as evidence for people and for the watchdog's `certificate-missing`; no update is held back for it. */
export const agentReported = defineEvent(
  'agent.reported',
  1,
  AgentFacts.extend({
    deviceId: DeviceId,
    /** When it was so. */
    at: Instant,
  }),
);
