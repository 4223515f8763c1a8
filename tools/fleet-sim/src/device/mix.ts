import { z } from 'zod';
import { BEHAVIOURS } from './behaviours.ts';
import { PLATFORMS } from './catalog.ts';
import { RosterEntry } from './roster.ts';

export { BEHAVIOURS, type Behaviour } from './behaviours.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const Share = z.number().min(0).max(1);
const Weight = z.number().min(0);
const Range = z
  .tuple([z.number().min(0), z.number().min(0)])
  .refine(([low, high]) => low <= high, 'the first is above the second');

/** Durations are milliseconds on the fleet's clock; a range is [lowest, highest], drawn evenly. */
const Settings = z.strictObject({
  /** From a push's arrival to the device's connection. */
  wakeMs: Range.default([500, 20_000]),
  scanMs: Range.default([20_000, 90_000]),
  bandwidthMbit: Range.default([40, 300]),
  /** Preparing, the device still answers. */
  installMs: Range.default([4 * MINUTE, 12 * MINUTE]),
  /** Restarting, the device is away. */
  restartMs: Range.default([4 * MINUTE, 12 * MINUTE]),
  notNowTimes: Range.default([1, 4]),
  notNowRepollMs: Range.default([5 * MINUTE, 15 * MINUTE]),
  /** From the declaration of an enforced update to its download (before the deadline in any case). */
  enforcedDownloadMs: Range.default([1 * MINUTE, 20 * MINUTE]),
  /** What a device that was off then does so long after it is on again. */
  enforcedLateMs: Range.default([50 * MINUTE, 70 * MINUTE]),
  /** A failed enforcement is tried again after this; each time twice as long, up to 32 times. */
  enforcedRetryMs: Range.default([45 * MINUTE, 75 * MINUTE]),
  /** From a change on the device to the status report about it. */
  statusReportMs: Range.default([1_000, 10_000]),
  /** How often a device answers its error before it works. */
  errorTimes: Range.default([1, 6]),
  noDiskTimes: Range.default([1000, 1000]),
  noPowerTimes: Range.default([1, 2]),
  /** How often a behaviour that is one class of failure strikes before the device works. */
  failTimes: Range.default([1000, 1000]),
  slowFactor: z.number().min(1).default(15),
  /** This share of the offline devices never comes back. */
  offlineNeverShare: Share.default(0.5),
  offlineForMs: Range.default([0.5 * HOUR, 3 * HOUR]),
  silentForMs: Range.default([72 * HOUR, 96 * HOUR]),
  dropTimes: Range.default([1, 4]),
  reEnrollAfterMs: Range.default([0.5 * HOUR, 3 * HOUR]),
  leaveAfterMs: Range.default([0.5 * HOUR, 3 * HOUR]),
});

const Zones = z
  .record(z.string(), Weight)
  .refine((zones) => Object.keys(zones).every(isZone), 'holds a name that is no IANA time zone');

export const Mix = z.strictObject({
  /** Relative weights. */
  platforms: z
    .strictObject({
      macOS: Weight.default(0),
      iOS: Weight.default(0),
      iPadOS: Weight.default(0),
      tvOS: Weight.default(0),
    })
    .default({ macOS: 40, iOS: 30, iPadOS: 24, tvOS: 6 }),
  zones: Zones.default({ 'Europe/Berlin': 50, 'America/New_York': 30, 'Asia/Tokyo': 20 }),
  /** The share that identifies by a TLS client certificate; the others sign (`Mdm-Signature`). */
  clientCertificates: Share.default(0.1),
  /** The share of Macs that escrow a bootstrap token after they enrolled. */
  bootstrapTokens: Share.default(1),
  /** The share of Macs whose user logs in and opens a user channel. */
  userChannels: Share.default(0),
  /** What devices of a platform run at first, in the place of the versions that come with the simulator. */
  startVersions: z
    .partialRecord(z.enum(PLATFORMS), z.array(z.strictObject({ version: z.string(), build: z.string() })).min(1))
    .default({}),
  /** Shares of all devices; what is left is `normal`. */
  behaviours: z.partialRecord(z.enum(BEHAVIOURS), Share).default({
    upToDate: 0.05,
    notNow: 0.08,
    errorChain: 0.02,
    offline: 0.03,
    noDisk: 0.01,
    noPower: 0.02,
    slowDownload: 0.02,
    silentAfterRestart: 0.005,
    duplicateAnswers: 0.02,
    dropConnection: 0.02,
    reEnroll: 0.01,
  }),
  /** The first devices of the fleet, chosen one by one; the others are drawn. */
  roster: z.array(RosterEntry).default([]),
  settings: Settings.prefault({}),
});
export type Mix = z.infer<typeof Mix>;
/** What parseMix takes. */
export type MixInput = z.input<typeof Mix>;

function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

/** Throws an Error that names every wrong key. `{}` is the default mix. */
export function parseMix(value: unknown): Mix {
  const result = Mix.safeParse(value);
  if (!result.success) throw new Error(`the mix is wrong:\n${z.prettifyError(result.error)}`);
  const total = Object.values(result.data.behaviours).reduce((sum: number, share) => sum + (share ?? 0), 0);
  if (total > 1 + 1e-9) throw new Error(`the mix is wrong: the shares of its behaviours add up to ${total}, above 1`);
  return result.data;
}

/** `notNow=0.1,offline=0.02` as an object of shares; parseMix judges names and numbers. */
export function parseBehaviours(text: string): Record<string, number> {
  const pairs = text.split(',').filter((pair) => pair !== '');
  return Object.fromEntries(pairs.map((pair) => [pair.split('=')[0]!.trim(), Number(pair.split('=')[1])]));
}
