import type { Verdict } from './answer.ts';
import type { Known } from './known.ts';
import { left, notEnrolled, shutOut, withoutToken } from './management-looks.ts';
import { held, noPolicy, notAsked, window } from './policy-looks.ts';
import { declared, ended, judged, planned, underWay, upToDate } from './update-looks.ts';
import { age } from './words.ts';

type Look = (known: Known) => Verdict | undefined;

/** The first that holds is the verdict: what lies farthest from the device's own doing comes first. */
const looks: readonly Look[] = [
  left,
  notEnrolled,
  upToDate,
  shutOut,
  underWay,
  noPolicy,
  held,
  withoutToken,
  planned,
  declared,
  judged,
  ended,
  notAsked,
  window,
];

/** Why the device has not updated, or that it has. */
export function verdictOf(known: Known): Verdict {
  const verdict = looks.map((look) => look(known)).find((one) => one !== undefined)!;
  const silent = verdict.class === 'done' ? '' : longSilent(known);
  return { ...verdict, explanation: `${verdict.explanation}${silent}` };
}

const LONG_MS = 3 * 86_400_000;

/** Whatever else the matter is: a device that does not come gets nothing. */
function longSilent({ enrollment, now }: Known): string {
  const seen = enrollment?.status === 'enrolled' ? enrollment.lastSeenAt : null;
  if (seen === null || now.getTime() - seen.getTime() < LONG_MS) return '';
  return ` It was last seen ${age(seen, now)} ago: it gets nothing before it comes.`;
}
