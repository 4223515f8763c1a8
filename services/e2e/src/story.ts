import type { TimelineEntry } from '@lamplighter/contracts';

/** One entry of a timeline as `kind: text`. */
export const told = ({ kind, text }: TimelineEntry): string => `${kind}: ${text}`;

/**
 * The entries that tell these hops, each after the one before it; other entries may lie between.
 * Throws, showing the whole timeline, where one is missing or out of order.
 */
export function hopsIn(timeline: readonly TimelineEntry[], hops: readonly string[]): TimelineEntry[] {
  let from = 0;
  return hops.map((hop) => {
    const at = timeline.findIndex((entry, index) => index >= from && told(entry).startsWith(hop));
    if (at < 0) {
      const seen = timeline.map((entry) => `  ${entry.at} ${told(entry)}`).join('\n');
      throw new Error(`the timeline lacks "${hop}" after its entry ${from}:\n${seen}`);
    }
    from = at + 1;
    return timeline[at]!;
  });
}

/** A command's way: queued, the device woken, handed over, answered. */
export const roundTrip = (requestType: string, status = 'Acknowledged'): string[] => [
  `queued: ${requestType} queued`,
  'push: push accepted',
  `handed-over: ${requestType} handed over`,
  `answer: ${requestType} answered ${status}`,
];
