import { z } from 'zod';

/** What the watchdog finds out about a device. */
export const FindingKind = z.enum([
  /** It was pushed a while ago and has not come since. */
  'silent-after-push',
  /** The same for longer, while others that were woken came. */
  'mdm-client-stuck',
  /** It took an update and has made no progress for long. */
  'update-stuck',
  /** Its identity certificate ends soon: without a new one it cannot come any more. */
  'certificate-expiring',
  'certificate-expired',
  /** Its agent has not found it, and the device has not come since. */
  'certificate-missing',
]);
export type FindingKind = z.infer<typeof FindingKind>;

/** What the watchdog does about it, in this order, each at most once in 24 hours for a device. */
export const WatchStep = z.enum(['push', 'ping', 'sync', 'alert']);
export type WatchStep = z.infer<typeof WatchStep>;

const Time = z.iso.datetime({ offset: true }).nullable();

/** What a finding rests on. Which of these there are depends on its kind. */
export const FindingEvidence = z.object({
  lastContactAt: Time.optional(),
  /** Pushes for commands that still wait. */
  pushes: z.int().optional(),
  /** Of the time zone that it is compared with; absent where its own is not known. */
  zone: z.string().optional(),
  /** Devices of the same tenant and time zone that came within the time, and that were woken and did not. */
  peersCame: z.int().optional(),
  peersSilent: z.int().optional(),
  state: z.string().optional(),
  targetVersion: z.string().optional(),
  rolloutId: z.guid().optional(),
  endsAt: Time.optional(),
  /** When the device's agent said so. */
  reportedAt: Time.optional(),
});
export type FindingEvidence = z.infer<typeof FindingEvidence>;

/** The finding in plain words. */
export function findingText(kind: FindingKind, since: Date, evidence: FindingEvidence): string {
  const at = (instant: string | null | undefined) =>
    instant === null || instant === undefined ? 'never' : new Date(instant).toISOString();
  const begun = since.toISOString();
  switch (kind) {
    case 'silent-after-push':
      return `It was woken at ${begun} and has not come since (last contact: ${at(evidence.lastContactAt)}). It may be off, asleep or without a network.`;
    case 'mdm-client-stuck':
      return `Its MDM client seems to be stuck: woken at ${begun}, last contact ${at(evidence.lastContactAt)}, while ${peers(evidence)} came. Which network it is on is not known here: they are the devices of its tenant ${evidence.zone === undefined ? 'whose time zone is not known either' : `in ${evidence.zone}`}.`;
    case 'update-stuck':
      return `Its update to ${evidence.targetVersion ?? 'a newer version'} has been ${evidence.state ?? 'under way'} without progress since ${begun}.`;
    case 'certificate-expiring':
      return `Its identity certificate ends at ${at(evidence.endsAt)}. Renew it before (SCEP or ACME), or the device cannot connect any more and must be enrolled anew.`;
    case 'certificate-missing':
      return `Its identity certificate is missing, as its agent said at ${at(evidence.reportedAt)}; it has not connected since, and cannot. Enroll it anew.`;
    default:
      return `Its identity certificate ended at ${at(evidence.endsAt)}: it cannot connect. Enroll it anew.`;
  }
}

function peers({ peersCame = 0, peersSilent = 0 }: FindingEvidence): string {
  return `${peersCame} of ${peersCame + peersSilent} others`;
}
