import { createHash } from 'node:crypto';

/** The n-th staged device: in no order that an index would like, and the same as `DEVICE_ID_SQL` makes. */
export function deviceIdOf(n: number): string {
  const hex = createHash('md5').update(String(n)).digest('hex').toUpperCase();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export const DEVICE_ID_SQL = 'upper(md5(n::text)::uuid::text)';
