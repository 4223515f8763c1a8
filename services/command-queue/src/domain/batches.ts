import { MAX_EVENT_BYTES, splitBySize } from '@lamplighter/contracts';

const MAX_ITEMS = 1000;

/**
 * Cuts items into message-sized batches, in order.
 * @param sizeOf an upper bound of the item's JSON in bytes; an item above the limit gets a batch of its own
 */
export function inBatches<T>(items: readonly T[], sizeOf: (item: T) => number): T[][] {
  return splitBySize(items, MAX_EVENT_BYTES, { sizeOf, maxItems: MAX_ITEMS });
}

/** As `deviceItemSize`, of `command.enqueued`: a thousand of them are one message. */
export function enqueuedItemSize(item: { deviceId: string }): number {
  return 200 + 6 * item.deviceId.length;
}

/** As `enqueuedItemSize`, of `commands.enqueued`. */
export function enqueuedColumnsSize({ deviceIds }: { deviceIds: readonly string[] }): number {
  return deviceIds.reduce((sum, deviceId) => sum + enqueuedItemSize({ deviceId }), 0);
}

/** Bytes of an item that holds a device id beside fixed-size fields. JSON spends at most six on a character. */
export function deviceItemSize(item: { deviceId: string }): number {
  return 300 + 6 * item.deviceId.length;
}
