import { z } from 'zod';
import { DeviceId } from './ids.ts';
import { EnforcementSpec } from './policy-enforcement.ts';
import { isTimeZone } from './time-zone.ts';

const LocalTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a local time, 00:00 to 23:59');
// YAML reads 15.10 as the number 15.1.
const Version = z
  .string({ error: 'an OS version stands in quotation marks, such as "15.10": without them it is a number' })
  .regex(/^\d+(\.\d+){0,2}$/, 'an OS version such as 15.7.1');

const TimeZone = z.string().refine(isTimeZone, 'an IANA time zone such as Europe/Zurich');

export const Weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
export type Weekday = z.infer<typeof Weekday>;

const LocalDate = z.iso.date();

/** No window opens on these days: dates of the window's own zone, both included. */
export const BlackoutSpec = z.object({ from: LocalDate, to: LocalDate, why: z.string().max(200).optional() }).strict();
export type BlackoutSpec = z.infer<typeof BlackoutSpec>;

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
    /** Of this window alone, beside those of the policy. */
    blackouts: z.array(BlackoutSpec).max(100).optional(),
  })
  .refine((window) => window.stopBeforeMinutes < window.lengthMinutes, {
    path: ['stopBeforeMinutes'],
    message: 'leaves no time to send: it must be less than lengthMinutes',
  });
export type WindowSpec = z.infer<typeof WindowSpec>;

export const Platform = z.enum(['macOS', 'iOS', 'iPadOS', 'tvOS', 'visionOS']);
export type Platform = z.infer<typeof Platform>;

/** The name of a group, window or policy: what files refer to. */
export const Name = z.string().trim().min(1).max(100);

const releaseTerms = {
  /** A release counts from this many days after Apple posted it. */
  daysAfterRelease: z.int().min(0).max(90).default(0),
  /** Whether Rapid Security Responses and Background Security Improvements are installed too. */
  securityResponses: z.boolean().default(false),
};

/** Which release a device is to reach. Betas are never targets. */
export const TargetSpec = z.discriminatedUnion(
  'kind',
  [
    /** The newest release that the catalogue lists for the device, majors included, up to `maximumVersion` where given (`15.99.99`: all of 15). */
    z.object({ kind: z.literal('newest'), maximumVersion: Version.optional(), ...releaseTerms }),
    /** The newest within the major version that the device runs now. */
    z.object({ kind: z.literal('newest-minor'), maximumVersion: Version.optional(), ...releaseTerms }),
    /** Devices below `version` get the newest, up to `maximumVersion`; those at it or above are left alone. */
    z.object({ kind: z.literal('minimum'), version: Version, maximumVersion: Version.optional(), ...releaseTerms }),
    z.object({ kind: z.literal('exact'), version: Version, build: z.string().min(1).optional() }),
  ],
  { error: 'the kind of a target is newest, newest-minor, minimum or exact' },
);
export type TargetSpec = z.infer<typeof TargetSpec>;
export type TargetInput = z.input<typeof TargetSpec>;

/** How ScheduleOSUpdate asks for installation. Apple: InstallLater, NotifyOnly and InstallForceRestart are of macOS only. */
export const PolicyAction = z.enum([
  'Default',
  'InstallForceRestart',
  'InstallLater',
  'InstallASAP',
  'DownloadOnly',
  'NotifyOnly',
]);
export type PolicyAction = z.infer<typeof PolicyAction>;

const installation = {
  installAction: PolicyAction,
  /** How often the user may put the installation off (macOS 12 and later, InstallLater, minor updates). */
  maxUserDeferrals: z.int().min(0).max(100),
  /** Of macOS 12.3 and later, minor updates only. */
  updatePriority: z.enum(['Low', 'High']),
};

/** What holds for one platform in the place of what the policy says for all. */
export const PlatformTerms = z
  .object({ target: TargetSpec, ...installation })
  .partial()
  .strict();
export type PlatformTerms = z.infer<typeof PlatformTerms>;

/** Which devices: all where neither groups nor devices are named. What is excluded is out, whatever includes it. */
export const AssignmentSpec = z
  .object({
    groups: z.array(Name).max(100).default([]),
    devices: z.array(DeviceId).max(10_000).default([]),
    excludedGroups: z.array(Name).max(100).default([]),
    excludedDevices: z.array(DeviceId).max(10_000).default([]),
  })
  .strict();
export type AssignmentSpec = z.infer<typeof AssignmentSpec>;

/** From the deadline on the update is installed whatever the user chose: InstallForceRestart where the OS has it, else InstallASAP. */
export const DeadlineSpec = z.union([
  /** Days after Apple posted the release. */
  z.object({ daysAfterRelease: z.int().min(1).max(365) }).strict(),
  /** The day, in the device's zone, at the start of the window. */
  z.object({ date: LocalDate }).strict(),
]);
export type DeadlineSpec = z.infer<typeof DeadlineSpec>;

/** Devices that go together. A device belongs to the first ring that takes it in. */
export const RingSpec = z
  .object({
    name: Name,
    /** Days to wait: after the release was posted, or after the first ring's first window. */
    afterDays: z.int().min(0).max(365).default(0),
    from: z.enum(['release', 'first-ring']).default('first-ring'),
    /** Members of any of these groups. */
    groups: z.array(Name).max(100).optional(),
    /** This share of what earlier rings left: chosen by a hash of the device id, the same each time. */
    percent: z.number().gt(0).max(100).optional(),
  })
  .strict();
export type RingSpec = z.infer<typeof RingSpec>;

/** What halts the next ring. Rates are shares of the devices of the rings before it that have been sent a command. */
export const HealthGateSpec = z
  .object({
    maxFailureRate: z.number().min(0).max(1).default(0.05),
    maxNotNowRate: z.number().min(0).max(1).default(0.5),
    maxSilentAfterRestartRate: z.number().min(0).max(1).default(0.02),
    /** Fewer devices than this decide nothing. */
    minimumSample: z.int().min(1).default(20),
  })
  .strict();
export type HealthGateSpec = z.infer<typeof HealthGateSpec>;

/** What an administrator decides. Shapes only: `faultsOfPolicy` judges the whole against Apple's limits. */
export const PolicySpec = z.object({
  name: Name,
  description: z.string().max(1_000).optional(),
  /** Where several policies take a device in, the one with the greatest precedence holds; of equals the one that was created first. */
  precedence: z.int().min(0).max(1_000).default(100),
  assignment: AssignmentSpec.default(() => AssignmentSpec.parse({})),
  platforms: z.array(Platform).min(1).default(['macOS', 'iOS', 'iPadOS', 'tvOS']),
  target: TargetSpec.default(() => TargetSpec.parse({ kind: 'newest' })),
  installAction: installation.installAction.default('InstallASAP'),
  maxUserDeferrals: installation.maxUserDeferrals.optional(),
  updatePriority: installation.updatePriority.optional(),
  byPlatform: z.partialRecord(Platform, PlatformTerms).default({}),
  /** Each a window, or the name of one. */
  windows: z
    .array(z.union([Name, WindowSpec]))
    .min(1)
    .max(10)
    .default(() => [WindowSpec.parse({})]),
  blackouts: z.array(BlackoutSpec).max(100).default([]),
  deadline: DeadlineSpec.optional(),
  /** None: all devices at once. */
  rings: z.array(RingSpec).max(20).default([]),
  healthGate: HealthGateSpec.optional(),
  /** Windows, blackouts, rings and days after release are passed over: it begins at once. */
  emergency: z.boolean().default(false),
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
  /** An update whose last sign of life is older is begun again. */
  resendAfterHours: z.int().min(1).max(24).default(24),
  enforcement: EnforcementSpec.default(() => EnforcementSpec.parse({})),
  /**
   * Apple's `com.apple.configuration.softwareupdate.settings` for the devices of the policy that take it, in Apple's own keys:
   * Notifications, Deferrals, RecommendedCadence, AutomaticActions, RapidSecurityResponse, AllowStandardUserOSUpdates, Beta.
   */
  settings: z.record(z.string(), z.unknown()).optional(),
});
export type PolicySpec = z.infer<typeof PolicySpec>;
/** What an administrator writes: everything but the name has a default. */
export type PolicyInput = z.input<typeof PolicySpec>;

/**
 * The policy with the windows that it names written out, each with its own blackouts. Names that are not known are left
 * out. `known`: the tenant's windows by name.
 */
export function resolveWindows(spec: PolicySpec, known: Readonly<Record<string, WindowSpec>>): PolicySpec {
  return {
    ...spec,
    windows: spec.windows.flatMap((window) => (typeof window === 'string' ? (known[window] ?? []) : window)),
  };
}

/** The windows that the policy holds itself; those that it only names are not among them. */
export function ownWindows(spec: Pick<PolicySpec, 'windows'>): WindowSpec[] {
  return spec.windows.filter((window) => typeof window !== 'string');
}
