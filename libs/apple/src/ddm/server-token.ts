import { createHash } from 'node:crypto';

/**
 * The ServerToken of a declaration: the same for the same Type and Payload, in whatever order its keys stand, another for any
 * other. `touched` makes another one of the same content.
 */
export function serverTokenOf(type: string, payload: unknown, touched = 0): string {
  return tokenOf(canonical([type, payload, ...(touched === 0 ? [] : [touched])]));
}

/** The DeclarationsToken of what a device has: the same for the same declarations with the same contents, and for none other. */
export function declarationsTokenOf(items: readonly { identifier: string; serverToken: string }[]): string {
  const named = items.map(({ identifier, serverToken }) => `${identifier} ${serverToken}`);
  return tokenOf(named.toSorted().join('\n'));
}

function tokenOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
