import { z } from 'zod';
import { UpdateState } from '../events/update.ts';
import { Fault } from '../fault.ts';
import { Instant } from '../ids.ts';
import { RolloutRing } from './rollouts.ts';
import { LastUpdate, DeviceUpdateStatus } from './update-status.ts';
import { CertificateState } from '../certificate-state.ts';

/** What every refused or failed request answers with. */
export const ApiError = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      remedy: z.string().optional(),
      fields: z.array(Fault).optional(),
    }),
  })
  .meta({ id: 'Error' });
export type ApiError = z.infer<typeof ApiError>;

const at = Instant.nullable();

export const Occurrence = z
  .object({
    occurrenceId: z.guid(),
    /** The name of its window, or `#` and its place in the policy; `emergency`. */
    window: z.string(),
    zone: z.string(),
    localDate: z.string(),
    opensAt: Instant,
    stopsAt: Instant,
    closesAt: Instant,
    state: z.string(),
    planned: z.int(),
    notEligible: z.int(),
    alreadyInstalled: z.int(),
    /** Devices left for the next window; null until the window has closed. */
    carriedOver: z.int().nullable(),
    /** The same by reason; null until the window has closed. */
    leftOver: z.record(z.string(), z.int()).nullable(),
    /** When its last device will have been sent its first command; null once all are, and while nothing moves. */
    predictedFinishAt: at,
    /** Why waves that are due do not go: `budget` (too many devices in this minute) or `backlog` (commands pile up). */
    heldBack: z.string().nullable(),
  })
  .meta({ id: 'Occurrence' });

export const RolloutSummary = z
  .object({
    rolloutId: z.guid(),
    policyId: z.guid(),
    policyName: z.string(),
    policyVersion: z.int(),
    state: z.enum(['running', 'paused', 'aborted']),
    createdAt: Instant,
    /** An operator let it go at once, whatever its windows and rings say. */
    emergency: z.boolean(),
    devices: z.int(),
    installed: z.int(),
    failed: z.int(),
    /** When its devices were counted: once a day where the rollout is over, else for this page or seconds before it. */
    countedAt: Instant,
    /** How many of its devices are counted and no longer listed, since their rows were kept long enough. */
    removed: z.int(),
  })
  .meta({ id: 'RolloutSummary' });
export type RolloutSummary = z.infer<typeof RolloutSummary>;

export const Rollout = RolloutSummary.extend({
  /** Devices by state; states without a device are absent. */
  states: z.partialRecord(UpdateState, z.int()),
  /** Why devices are where they are, most frequent first; at most 20. */
  reasons: z.array(z.object({ state: UpdateState, reason: z.string(), devices: z.int() })),
  platforms: z.array(z.object({ platform: z.string(), devices: z.int(), installed: z.int() })),
  windows: z.array(Occurrence),
  /** In order; empty where the policy has none. */
  rings: z.array(RolloutRing),
  progress: z.object({
    /** Devices whose first command was staged. */
    released: z.int(),
    /** Devices that acknowledged a ScheduleOSUpdate. */
    commanded: z.int(),
    /** Devices in a state that will not change by itself in this window. */
    settled: z.int(),
    /** Devices settled per minute, over the last 20 minutes; null before there is a figure. */
    perMinute: z.number().nullable(),
    /** When the last device would be settled at that rate; null before a twentieth is, while nothing moves, and once all are. */
    predictedFinishAt: at,
  }),
  /** The server's time, by the clock of this installation. */
  now: Instant,
}).meta({ id: 'Rollout' });
export type Rollout = z.infer<typeof Rollout>;

/** When ScheduleOSUpdate was handed to the devices of a rollout. Reads all its commands: to check a night, not to watch it. */
export const HandOvers = z
  .object({
    lastAt: at,
    /** Hand-overs after the window's stop: there must be none. */
    afterStop: z.int(),
  })
  .meta({ id: 'HandOvers' });
export type HandOvers = z.infer<typeof HandOvers>;

export const RolloutDevice = z
  .object({
    deviceId: z.string(),
    state: UpdateState,
    reason: z.string().nullable(),
    platform: z.string(),
    fromVersion: z.string().nullable(),
    targetVersion: z.string(),
    targetBuild: z.string(),
    commandedAt: at,
    updatedAt: Instant,
    traceId: z.string().nullable(),
  })
  .meta({ id: 'RolloutDevice' });

export const page = <S extends z.ZodType>(item: S) =>
  z.object({
    items: z.array(item),
    /** Pass as `cursor` for the next page; null on the last one. */
    next: z.string().nullable(),
  });
export const RolloutDevicePage = page(RolloutDevice).meta({ id: 'RolloutDevicePage' });
export type RolloutDevicePage = z.infer<typeof RolloutDevicePage>;

export const DeviceSummary = z
  .object({
    deviceId: z.string(),
    enrolled: z.boolean(),
    platform: z.string(),
    productName: z.string().nullable(),
    deviceName: z.string().nullable(),
    serialNumber: z.string().nullable(),
    osVersion: z.string().nullable(),
    buildVersion: z.string().nullable(),
    supervised: z.boolean().nullable(),
    timeZone: z.string().nullable(),
    lastAnswerAt: at,
  })
  .meta({ id: 'DeviceSummary' });
export type DeviceSummary = z.infer<typeof DeviceSummary>;
export const DevicePage = page(DeviceSummary).meta({ id: 'DevicePage' });
export type DevicePage = z.infer<typeof DevicePage>;

export const TimelineEntry = z
  .object({
    at: Instant,
    /** What happened, e.g. `enrolled`, `push`, `handed-over`, `answer`, `update`. */
    kind: z.string(),
    /** In plain words. */
    text: z.string(),
    commandId: z.string().optional(),
    requestType: z.string().optional(),
    rolloutId: z.string().optional(),
    traceId: z.string().optional(),
    /** The device's own error chain, unchanged. */
    errorChain: z.unknown().optional(),
  })
  .meta({ id: 'TimelineEntry' });
export type TimelineEntry = z.infer<typeof TimelineEntry>;

export const Device = DeviceSummary.extend({
  /** Where its update stands, newest rollout first. */
  updates: z.array(RolloutDevice.extend({ rolloutId: z.guid(), policyName: z.string() })),
  /** Of the one under way, else of the newest; null where it never took part in one. */
  updateStatus: DeviceUpdateStatus.nullable(),
  /** Null where none was brought from here. */
  lastUpdate: LastUpdate.nullable(),
  availableUpdates: z.array(
    z.object({
      productKey: z.string(),
      version: z.string().nullable(),
      build: z.string().nullable(),
      reportedAt: Instant,
    }),
  ),
  /** Commands that wait, and why. */
  pending: z.array(
    z.object({
      commandId: z.string(),
      requestType: z.string(),
      state: z.string(),
      notBefore: at,
      expiresAt: Instant,
      notNowCount: z.int(),
    }),
  ),
  /** Everything that happened to it, oldest first; the newest 500 of each source. */
  timeline: z.array(TimelineEntry),
}).meta({ id: 'Device' });
export type Device = z.infer<typeof Device>;

export const PushCertificate = z
  .object({
    topic: z.string(),
    notAfter: Instant,
    uploadedAt: Instant,
    /** Whole days until it ends; below 0 once it has. */
    daysLeft: z.int(),
    /** `refused`: APNs does not take it, and the topic is not pushed to. */
    state: CertificateState,
    /** Since when APNs has refused it, and its reason. Absent otherwise. */
    refused: z.object({ at: Instant, reason: z.string() }).optional(),
  })
  .meta({ id: 'PushCertificate' });
export const PushCertificates = z.object({ items: z.array(PushCertificate) }).meta({ id: 'PushCertificates' });

export const FleetSummary = z
  .object({
    enrolled: z.int(),
    /** Devices whose first DeviceInformation has arrived: those that can be planned. */
    withFacts: z.int(),
    platforms: z.array(z.object({ platform: z.string(), devices: z.int() })),
    now: Instant,
  })
  .meta({ id: 'FleetSummary' });
export type FleetSummary = z.infer<typeof FleetSummary>;
