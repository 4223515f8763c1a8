import { z } from 'zod';

/** Where a device can be pushed to. command-queue seals it (as JSON) into the enrollment; apns-push opens it. */
export const PushAddress = z.object({
  /** base64 */
  token: z.base64(),
  pushMagic: z.string(),
});
export type PushAddress = z.infer<typeof PushAddress>;

/** The sealing context of a push address: it opens only for the device that it was sealed for. */
export function pushAddressContext(tenant: string, deviceId: string): string {
  return `push-address:${tenant}:${deviceId}`;
}
