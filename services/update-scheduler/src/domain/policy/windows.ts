import { type BlackoutSpec, ownWindows, resolveWindows, type Weekday, type WindowSpec } from '@lamplighter/contracts';
import type { Judgement, Path } from './judge.ts';

const DAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY = 24 * 60;
const WEEK = 7 * DAY;

/** Names that there are; no two windows open at once; blackouts that end after they begin. */
export function judgeWindows(judgement: Judgement): void {
  const { spec, known } = judgement;
  spec.windows.forEach((window, index) => {
    if (typeof window !== 'string') return judgeBlackouts(judgement, ['windows', index, 'blackouts'], window.blackouts);
    if (!Object.hasOwn(known.windows, window)) {
      judgement.fault(['windows', index], {
        message: `there is no window named "${window}"`,
        remedy:
          'create the window first, or apply it together with the policy; "lamp window list" shows those that there are',
      });
    } else if (spec.windows.indexOf(window) < index) {
      judgement.fault(['windows', index], {
        message: `the window "${window}" stands there twice`,
        remedy: 'leave one of the two out',
      });
    }
  });
  judgeOverlaps(judgement);
  judgeBlackouts(judgement, ['blackouts'], spec.blackouts);
  if (spec.blackouts.length > 0 && spec.emergency) {
    judgement.warn(['blackouts'], {
      message: 'an emergency passes over blackouts',
      remedy: 'set emergency to false for them to hold',
    });
  }
}

function judgeOverlaps(judgement: Judgement): void {
  const windows = resolvedOf(judgement);
  windows.forEach(([later, second], index) => {
    for (const [earlier, first] of windows.slice(0, index)) {
      if (first.zone !== second.zone) {
        judgement.warn(['windows', later], {
          message: `it has another zone (${second.zone}) than windows.${earlier} (${first.zone}): they may be open at the same time`,
          remedy: 'give all windows of a policy the same zone',
        });
      } else if (overlap(first, second)) {
        judgement.fault(['windows', later], {
          message: `it is open at the same time as windows.${earlier}: ${inWords(second)} and ${inWords(first)}`,
          remedy: 'change start, lengthMinutes or days, or make one window of the two',
        });
      }
    }
  });
}

/** With their places in the policy; unknown names and repeats are left out. */
function resolvedOf({ spec, known }: Judgement): [number, WindowSpec][] {
  return spec.windows.flatMap((window, index): [number, WindowSpec][] => {
    if (spec.windows.indexOf(window) < index) return [];
    return ownWindows(resolveWindows({ ...spec, windows: [window] }, known.windows)).map((one) => [index, one]);
  });
}

/** Whether the two are open at the same time in some week, both on the same clock. */
export function overlap(one: WindowSpec, other: WindowSpec): boolean {
  return startsOf(one).some((start) =>
    startsOf(other).some((begin) => {
      // How long after the one the other begins, on a circle of a week.
      const after = (begin - start + WEEK) % WEEK;
      return after < one.lengthMinutes || WEEK - after < other.lengthMinutes;
    }),
  );
}

/** Minutes from Monday 00:00. */
function startsOf({ days, start }: WindowSpec): number[] {
  const [hours = 0, minutes = 0] = start.split(':').map(Number);
  return days.map((day) => DAYS.indexOf(day) * DAY + hours * 60 + minutes);
}

function inWords({ days, start, lengthMinutes }: WindowSpec): string {
  return `${days.length === 7 ? 'daily' : days.join(',')} ${start} for ${lengthMinutes} minutes`;
}

export function blackoutFaults(
  blackouts: readonly BlackoutSpec[] | undefined,
): { index: number; message: string; remedy: string }[] {
  return (blackouts ?? []).flatMap(({ from, to }, index) =>
    from <= to
      ? []
      : [{ index, message: `it ends (${to}) before it begins (${from})`, remedy: 'exchange from and to' }],
  );
}

function judgeBlackouts(judgement: Judgement, path: Path, blackouts: readonly BlackoutSpec[] | undefined): void {
  for (const { index, ...says } of blackoutFaults(blackouts)) judgement.fault([...path, index, 'to'], says);
}
