import type { WindowSpec } from '@lamplighter/contracts';
import { currentOccurrence, nextChange, type Occurrence } from './window.ts';

const KEPT = 20_000;

/** What `currentOccurrence` says, kept until it may say something else: clocks ask each second, for each window in each zone. */
export class Nights {
  private readonly kept = new Map<string, { from: Date; until: Date; occurrence: Occurrence | undefined }>();

  current(spec: WindowSpec, zone: string, now: Date): Occurrence | undefined {
    const { start, lengthMinutes, stopBeforeMinutes, days } = spec;
    const key = `${zone} ${start} ${lengthMinutes} ${stopBeforeMinutes} ${days.join()}`;
    const last = this.kept.get(key);
    if (last && last.from <= now && now < last.until) return last.occurrence;
    const occurrence = currentOccurrence(spec, zone, now);
    if (this.kept.size >= KEPT) this.kept.clear();
    this.kept.set(key, { from: now, until: nextChange(spec, zone, now), occurrence });
    return occurrence;
  }
}
