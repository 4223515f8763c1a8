/**
 * A clock setting, shared by every process of one installation so that they agree on the time.
 *
 * `real`, or `scaled:<realEpochMs>:<startEpochMs>:<factor>`: at the real instant `realEpochMs` the clock shows
 * `startEpochMs`, and from there it runs `factor` times as fast as the real one.
 */
export interface ClockFunctions {
  /** Epoch milliseconds on this clock. */
  now(): number;
  /** How many real milliseconds pass while this clock advances by `ms`. */
  realDelay(ms: number): number;
}

const SCALED = /^scaled:(\d+):(\d+):(\d+(?:\.\d+)?)$/;

/** Throws a RangeError that shows the accepted forms when the setting is none of them. */
export function clockFrom(setting: string, realNow: () => number = Date.now): ClockFunctions {
  if (setting === 'real' || setting === '') return { now: () => realNow(), realDelay: (ms) => ms };
  const match = SCALED.exec(setting);
  const factor = Number(match?.[3]);
  if (!match || !(factor > 0)) {
    throw new RangeError(
      `clock setting "${setting}" is neither "real" nor "scaled:<realEpochMs>:<startEpochMs>:<factor above 0>"`,
    );
  }
  const realStart = Number(match[1]);
  const start = Number(match[2]);
  return {
    now: () => Math.round(start + (realNow() - realStart) * factor),
    realDelay: (ms) => ms / factor,
  };
}
