import type { WatchStep } from '@lamplighter/contracts';
import fc from 'fast-check';
import { nextStep, type StepTimes, type Watched } from './watchdog.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const WAIT = 30 * MINUTE;
const start = Date.parse('2026-11-22T02:00:00Z');
const silent: Watched = { kinds: ['silent-after-push'], times: {}, isReachable: true, hasDdm: true };

/** The steps of so many minutes, looked at whenever something is due. */
function climb(watched: Watched, minutes: number): [number, WatchStep][] {
  const times: StepTimes = {};
  const taken: [number, WatchStep][] = [];
  for (let now = start; now <= start + minutes * MINUTE;) {
    const { step, dueAt } = nextStep({ ...watched, times }, new Date(now), WAIT);
    if (step) {
      times[step] = new Date(now);
      taken.push([(now - start) / MINUTE, step]);
    }
    if (!dueAt) break;
    now = Math.max(dueAt.getTime(), now + 1);
  }
  return taken;
}

describe('the ladder', () => {
  it('goes push, ping, sync, alert, with time to answer between, and begins anew after a day', () => {
    expect(climb(silent, 24 * 60)).toEqual([
      [0, 'push'],
      [30, 'ping'],
      [60, 'sync'],
      [90, 'alert'],
      [1440, 'push'],
    ]);
  });

  it('passes over what the device cannot be reached by', () => {
    expect(climb({ ...silent, isReachable: false, hasDdm: false }, 600).map(([, step]) => step)).toEqual([
      'ping',
      'alert',
    ]);
  });

  it('alerts at once of a certificate, once a day', () => {
    expect(climb({ ...silent, kinds: ['certificate-expiring'] }, 25 * 60)).toEqual([
      [0, 'alert'],
      [1440, 'alert'],
    ]);
  });

  it('ends with the findings', () => {
    expect(nextStep({ ...silent, kinds: [] }, new Date(start), WAIT)).toEqual({ step: undefined, dueAt: undefined });
  });

  it('takes no step twice within 24 hours, whatever comes and goes', () => {
    const kinds = fc.subarray(['silent-after-push', 'update-stuck', 'certificate-expired'] as const);
    const look = fc.record({
      minutes: fc.integer({ min: 0, max: 900 }),
      kinds,
      isReachable: fc.boolean(),
      hasDdm: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(look, { maxLength: 60 }), (looks) => {
        const times: StepTimes = {};
        let now = start;
        for (const { minutes, ...watched } of looks) {
          now += minutes * MINUTE;
          const { step, dueAt } = nextStep({ ...watched, times }, new Date(now), WAIT);
          if (dueAt) expect(dueAt.getTime()).toBeGreaterThan(now);
          if (!step) continue;
          expect(now - (times[step]?.getTime() ?? now - DAY)).toBeGreaterThanOrEqual(DAY);
          times[step] = new Date(now);
        }
      }),
    );
  });
});
