import type { ItemOf, pushRequest } from '@lamplighter/contracts';

export type PushRequest = ItemOf<typeof pushRequest>;

/** One push wakes a device for all that waits: of several the one that is of use for longest stays. */
export function onePerDevice(requests: readonly PushRequest[]): PushRequest[] {
  const byDevice = new Map<string, PushRequest>();
  for (const request of requests) {
    const known = byDevice.get(request.deviceId);
    if (known === undefined || known.expiresAt < request.expiresAt) byDevice.set(request.deviceId, request);
  }
  return [...byDevice.values()];
}
