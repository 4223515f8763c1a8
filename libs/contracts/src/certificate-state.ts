import { z } from 'zod';

/** `expires-soon`: within 30 days. */
export const CertificateState = z.enum(['valid', 'expires-soon', 'expired', 'refused']);
export type CertificateState = z.infer<typeof CertificateState>;

const DAY_MS = 86_400_000;
const STEPS = [30, 14, 7, 1];

/** Whole days until it ends; below 0 once it has. */
export function daysLeft(notAfter: Date, now: Date): number {
  return Math.floor((notAfter.getTime() - now.getTime()) / DAY_MS);
}

/** The smallest of 30, 14, 7 and 1 days that covers what is left; 0 once it has ended, undefined while there is more. */
export function warningStep(notAfter: Date, now: Date): number | undefined {
  if (notAfter <= now) return 0;
  return STEPS.findLast((days) => notAfter.getTime() - now.getTime() <= days * DAY_MS);
}

/** @param now real time: the push service judges by it */
export function certificateState(notAfter: Date, now: Date, isRefused: boolean): CertificateState {
  const step = warningStep(notAfter, now);
  if (step === 0) return 'expired';
  if (isRefused) return 'refused';
  return step === undefined ? 'valid' : 'expires-soon';
}
