import type { PolicySpec, RingSpec } from '@lamplighter/contracts';
import { Temporal } from 'temporal-polyfill';

export type RingState = 'waiting' | 'open' | 'halted' | 'done';

/** A ring of a rollout, as it begins. */
export interface NewRing {
  ring: number;
  name: string;
  state: RingState;
  /** The first local date of a window on which it may go; null where the day of each release decides, per device. */
  opensOn: string | null;
}

/** The rings of a rollout whose first window opens on `localDate`: the first goes at once, in an emergency all do. */
export function ringsAtStart(rings: readonly RingSpec[], localDate: string, isEmergency: boolean): NewRing[] {
  return rings.map(({ name, afterDays, from }, ring) => ({
    ring,
    name,
    state: isEmergency || ring === 0 ? 'open' : 'waiting',
    opensOn: isEmergency || from === 'release' ? null : laterBy(localDate, afterDays),
  }));
}

/** Days that a device of this ring waits after its release was posted; 0 where the ring counts from the first window. */
export function daysAfterRelease({ from, afterDays }: RingSpec): number {
  return from === 'release' ? afterDays : 0;
}

/** What has become of a ring. */
export interface Ring {
  ring: number;
  state: RingState;
  opensOn: string | null;
}

/** Whether a window of this local date may plan the ring's devices, as far as days are concerned. */
export function hasCome({ opensOn }: Pick<Ring, 'opensOn'>, localDate: string): boolean {
  return opensOn === null || opensOn <= localDate;
}

/** The policy's rings as a plan sees them: none in an emergency. */
export function ringsOf(spec: Pick<PolicySpec, 'rings'>, isEmergency: boolean): readonly RingSpec[] {
  return isEmergency ? [] : spec.rings;
}

function laterBy(localDate: string, days: number): string {
  return Temporal.PlainDate.from(localDate).add({ days }).toString();
}
