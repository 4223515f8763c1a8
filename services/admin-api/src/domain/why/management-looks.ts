import { reasonOf } from '@lamplighter/contracts';
import { fromReason, NEVER, nextOf, type Verdict } from './answer.ts';
import type { Known } from './known.ts';
import { moment } from './words.ts';

export function left({ device, enrollment }: Known): Verdict | undefined {
  if (enrollment?.status !== 'left' && (device.enrolled || enrollment?.status === 'authenticated')) return undefined;
  const since = enrollment?.leftAt ? `, on ${moment(enrollment.leftAt)}` : '';
  const reason = reasonOf('left-management');
  return {
    ...fromReason(reason),
    explanation: `The device has left management${since}. ${reason.explanation}`,
    next: NEVER,
  };
}

export function notEnrolled({ enrollment }: Known): Verdict | undefined {
  if (enrollment?.status !== 'authenticated') return undefined;
  return {
    verdict: 'Its enrollment is not finished',
    code: 'not-enrolled',
    class: 'management',
    explanation: 'The device has begun to enroll and has not sent its push token, without which it cannot be woken.',
    next: { text: 'It takes part once it has sent its token.', at: null },
    action: 'Let the device finish its setup; where it does not, remove the profile and enroll it again.',
  };
}

/** Without a valid identity certificate it cannot connect at all. */
export function shutOut({ findings }: Known): Verdict | undefined {
  const finding = findings.find(({ kind }) => kind === 'certificate-expired' || kind === 'certificate-missing');
  if (!finding) return undefined;
  const isMissing = finding.kind === 'certificate-missing';
  return {
    verdict: `Cannot connect: its identity certificate ${isMissing ? 'is missing' : 'has expired'}`,
    code: finding.kind,
    class: 'management',
    explanation: finding.text,
    next: NEVER,
    action: 'Enroll the device anew. For the others, renew certificates before they end.',
  };
}

/** Known before a command is sent: the Mac's own list of updates says what it needs. */
export function withoutToken(known: Known): Verdict | undefined {
  if (known.enrollment?.lacksBootstrapToken !== true) return undefined;
  const reason = reasonOf('bootstrap-token-missing');
  return { ...fromReason(reason), next: nextOf(reason.retry, known) };
}
