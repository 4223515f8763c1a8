import { z } from 'zod';
import { FindingEvidence, FindingKind, WatchStep } from '../finding.ts';
import { Instant } from '../ids.ts';
import { page } from './schemas.ts';

/** What the watchdog has found out about a device. */
export const Finding = z
  .object({
    deviceId: z.string(),
    kind: FindingKind,
    /** When it began, as far as is known. */
    since: Instant,
    foundAt: Instant,
    /** When it was last seen to be so; noted once an hour. */
    checkedAt: Instant,
    /** When it was no longer so; null while it is. */
    clearedAt: Instant.nullable(),
    /** In plain words. */
    text: z.string(),
    evidence: FindingEvidence,
    /** What was done about the device, oldest first; each at most once in 24 hours. */
    steps: z.array(z.object({ step: WatchStep, at: Instant })),
  })
  .meta({ id: 'Finding' });
export type Finding = z.infer<typeof Finding>;
/** Open ones, by device id. */
export const FindingPage = page(Finding).meta({ id: 'FindingPage' });
export type FindingPage = z.infer<typeof FindingPage>;
/** Of one device: open ones first, then those that were cleared lately. */
export const Findings = z.object({ items: z.array(Finding) }).meta({ id: 'Findings' });
