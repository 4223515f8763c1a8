/**
 * `now`, read once a turn: whatever is done in one go is done at one instant, however long it takes. A decision may look at the
 * clock several times, and at a factor of 1,440 a millisecond between two looks is more than a second in which a window closes, a
 * download ends or a device goes away.
 */
export function turnClock(now: () => number): () => number {
  let instant: number | undefined;
  return () => {
    if (instant === undefined) {
      instant = now();
      // Runs when what runs now is through, and before anything else that comes from outside.
      queueMicrotask(() => (instant = undefined));
    }
    return instant;
  };
}
