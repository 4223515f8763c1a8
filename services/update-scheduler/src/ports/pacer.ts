/** What keeps waves that are due from going out: `budget`, too many devices in this minute; `backlog`, too much is still to be queued. */
export type HeldBack = 'budget' | 'backlog';

/** How many devices may be sent their first command, over all policies and schedulers. */
export abstract class Pacer {
  /** Takes so many from the budget of this installation; nothing, and why, where they must wait. */
  abstract take(devices: number, now: Date): Promise<HeldBack | null>;
  /** The same question without taking. */
  abstract holds(now: Date): Promise<HeldBack | null>;
}

/** What was sent for and is not in its devices' queues yet. */
export abstract class Backlog {
  /** Messages (of up to 1,000 devices each) that are staged or wait at the broker. Throws when the broker does not say. */
  abstract waiting(): Promise<number>;
}

/** When windows will have released all their waves. */
export abstract class ForecastStore {
  /** Writes it for each window that is sending; of those that have released everything null. */
  abstract predict(now: Date, heldBack: HeldBack | null): Promise<void>;
}
