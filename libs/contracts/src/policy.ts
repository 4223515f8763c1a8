import { z } from 'zod';

const LocalTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a local time, 00:00 to 23:59');
const Version = z.string().regex(/^\d+(\.\d+){0,2}$/, 'an OS version such as 15.7.1');

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
const TimeZone = z.string().refine(isTimeZone, 'an IANA time zone such as Europe/Zurich');

export const Weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
export type Weekday = z.infer<typeof Weekday>;

/** When devices may be sent update commands. Times are local to the device, or to `zone` where that is fixed. */
export const WindowSpec = z
  .object({
    days: z.array(Weekday).min(1).default(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']),
    start: LocalTime.default('02:00'),
    lengthMinutes: z
      .int()
      .min(5)
      .max(24 * 60)
      .default(240),
    /** Sending stops this long before the window closes. */
    stopBeforeMinutes: z.int().min(0).default(30),
    /** `device`: each device's own zone, else `defaultZone`. An IANA name: that zone for all. */
    zone: z.union([z.literal('device'), TimeZone]).default('device'),
    /** For devices whose zone is not known (Macs never report one). */
    defaultZone: TimeZone.default('UTC'),
  })
  .refine((window) => window.stopBeforeMinutes < window.lengthMinutes, {
    path: ['stopBeforeMinutes'],
    message: 'leaves no time to send: it must be less than lengthMinutes',
  });
export type WindowSpec = z.infer<typeof WindowSpec>;

export const Platform = z.enum(['macOS', 'iOS', 'iPadOS', 'tvOS', 'visionOS']);
export type Platform = z.infer<typeof Platform>;

export const TargetSpec = z.discriminatedUnion('kind', [
  /** The newest release that Apple's feed lists for the device, up to `maximumVersion` where given. */
  z.object({ kind: z.literal('newest'), maximumVersion: Version.optional() }),
  /** The newest within the major version that the device runs now. */
  z.object({ kind: z.literal('newest-minor') }),
  z.object({ kind: z.literal('exact'), version: Version, build: z.string().min(1).optional() }),
]);
export type TargetSpec = z.infer<typeof TargetSpec>;

export const PolicySpec = z.object({
  name: z.string().min(1).max(100),
  platforms: z.array(Platform).min(1).default(['macOS', 'iOS', 'iPadOS', 'tvOS']),
  target: TargetSpec.default({ kind: 'newest' }),
  window: WindowSpec.default(() => WindowSpec.parse({})),
  /** How the command asks for installation. iOS, iPadOS and tvOS know Default, DownloadOnly and InstallASAP. */
  installAction: z.enum(['Default', 'DownloadOnly', 'InstallASAP', 'InstallForceRestart']).default('InstallASAP'),
  pace: z
    .object({
      /** The most devices that are sent their first command per minute. */
      devicesPerMinute: z.int().min(1).max(1_000_000).default(60_000),
      /** Devices are spread over this share of the time until sending stops. */
      spread: z.number().min(0).max(1).default(0.5),
    })
    .default({ devicesPerMinute: 60_000, spread: 0.5 }),
  /** How long to wait before a device is asked again how far it is. */
  pollMinutes: z.int().min(1).max(240).default(10),
});
export type PolicySpec = z.infer<typeof PolicySpec>;
/** What an administrator writes: everything but the name has a default. */
export type PolicyInput = z.input<typeof PolicySpec>;
