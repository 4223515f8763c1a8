import { createHash } from 'node:crypto';

/**
 * The root of one device-update's trace, the same for every replica and repeat: trace id, root span id and the
 * sampling decision derive from the cause (rollout, device, occurrence).
 * @param ratio share of device-updates that are traced, 0 to 1
 */
export function derivedTraceparent(ratio: number, ...cause: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(cause)).digest();
  const sampled = hash.readUInt32BE(28) < ratio * 0x1_0000_0000;
  return `00-${hash.toString('hex', 0, 16)}-${hash.toString('hex', 16, 24)}-${sampled ? '01' : '00'}`;
}

/** The trace id of a traceparent; undefined where there is none. */
export function traceIdOf(traceparent: string | null | undefined): string | undefined {
  return traceparent?.split('-')[1];
}

export function isSampled(traceparent: string | null | undefined): boolean {
  return traceparent?.endsWith('1') === true;
}
