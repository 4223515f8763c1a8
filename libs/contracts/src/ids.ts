import { hash } from 'node:crypto';
import { z } from 'zod';

export const TENANT = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** Tenant key: part of every table key and subject. `default` where there is one. One NATS token. */
export const TenantId = z.string().regex(TENANT, 'lower-case letters, digits and dashes, at most 63');
export type TenantId = z.infer<typeof TenantId>;

/** UDID or EnrollmentID; a user channel is `<UDID>:<UserID>`, a Shared iPad user `<UDID>:<UserShortName>`. */
export const DeviceId = z.string().min(1).max(255);
export type DeviceId = z.infer<typeof DeviceId>;

/** Apple's CommandUUID. Ours are derived from their cause; lower-case. */
export const CommandId = z.guid();
export type CommandId = z.infer<typeof CommandId>;

/** W3C traceparent (https://www.w3.org/TR/trace-context/). */
export const Traceparent = z.string().regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
export type Traceparent = z.infer<typeof Traceparent>;

/** ISO 8601 instant with zone. */
export const Instant = z.iso.datetime({ offset: true });
export type Instant = z.infer<typeof Instant>;

/** A UUID (version 8, RFC 9562) that is the same whenever its cause is: what makes repeats no-ops. */
export function derivedUuid(...cause: readonly (string | number)[]): string {
  const hex = hash('sha256', JSON.stringify(cause), 'hex');
  const variant = ((parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const PARTITIONS = 64;

/** FNV-1a-32 of the key mod 64: equal to NATS' own `{{partition(64,…)}}` mapping. */
export function partitionOf(key: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % PARTITIONS;
}
