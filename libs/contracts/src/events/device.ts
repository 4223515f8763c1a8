import { z } from 'zod';
import { defineEvent } from '../envelope.ts';
import { CommandId, DeviceId, Instant, Traceparent } from '../ids.ts';
import { DeclaredStatus } from './declared-status.ts';

export { DeclaredStatus, ReportedDeclaration } from './declared-status.ts';

/** What Authenticate said of the device, as far as it said it. */
export const AuthenticateFacts = z.object({
  serialNumber: z.string().optional(),
  deviceName: z.string().optional(),
  model: z.string().optional(),
  modelName: z.string().optional(),
  productName: z.string().optional(),
  osVersion: z.string().optional(),
  buildVersion: z.string().optional(),
});

export const EnrollmentKind = z.enum(['device', 'user', 'user-enrollment', 'shared-ipad']);
export type EnrollmentKind = z.infer<typeof EnrollmentKind>;

/**
 * A device checked in, and it is committed. `payload` is its message as an XML plist without its secrets: Token,
 * PushMagic, UnlockToken, BootstrapToken and DigestResponse are left out.
 */
export const deviceCheckedIn = defineEvent(
  'device.checked-in',
  1,
  z.object({
    deviceId: DeviceId,
    kind: EnrollmentKind,
    parentId: DeviceId.optional(),
    /** Apple's MessageType, e.g. `TokenUpdate`. */
    messageType: z.string(),
    /** TokenUpdates of this enrollment since its Authenticate, this one included; on TokenUpdate only. */
    tokenUpdateTally: z.int().optional(),
    at: Instant,
    payload: z.string(),
  }),
);

/** A device (or user channel) completed enrollment: its first TokenUpdate after Authenticate. */
export const deviceEnrolled = defineEvent(
  'device.enrolled',
  1,
  z.object({
    deviceId: DeviceId,
    kind: EnrollmentKind,
    parentId: DeviceId.optional(),
    /** Counts Authenticates of this id: a re-enrollment has a higher one. */
    generation: z.int().min(1),
    at: Instant,
    facts: AuthenticateFacts,
  }),
);

/** CheckOut, or a re-enrollment that voided the old enrollment. */
export const deviceLeft = defineEvent(
  'device.left',
  1,
  z.object({ deviceId: DeviceId, at: Instant, reason: z.enum(['CheckOut', 're-enrolled']) }),
);

export const ErrorChainItem = z.object({
  ErrorCode: z.number(),
  ErrorDomain: z.string(),
  LocalizedDescription: z.string().optional(),
  USEnglishDescription: z.string().optional(),
});
export type ErrorChainItem = z.infer<typeof ErrorChainItem>;

export const ObservedProduct = z.object({
  productKey: z.string(),
  version: z.string().optional(),
  build: z.string().optional(),
  isConfigDataUpdate: z.boolean().optional(),
  isMajorOSUpdate: z.boolean().optional(),
  isSecurityResponse: z.boolean().optional(),
  /** Macs: a profile hides the update from users until then. */
  deferredUntil: Instant.optional(),
});

export const UpdateResult = z.object({
  productKey: z.string().optional(),
  installAction: z.string().optional(),
  status: z.string().optional(),
  errorChain: z.array(ErrorChainItem).optional(),
});

export const UpdateStatus = z.object({
  productKey: z.string(),
  status: z.string().optional(),
  isDownloaded: z.boolean().optional(),
  /** 0 to 1. */
  downloadPercentComplete: z.number().optional(),
  /** From macOS 12.3 on: the next attempt, where the user or the system has put it off. */
  nextScheduledInstall: Instant.optional(),
  maxDeferrals: z.int().optional(),
  deferralsRemaining: z.int().optional(),
});

/** What an answer meant. `other` is any answer without a meaning for updates. */
export const Observation = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('scan'), initiated: z.boolean() }),
  z.object({ kind: z.literal('available-updates'), products: z.array(ObservedProduct) }),
  z.object({ kind: z.literal('schedule-result'), results: z.array(UpdateResult) }),
  z.object({ kind: z.literal('update-status'), updates: z.array(UpdateStatus) }),
  z.object({
    kind: z.literal('facts'),
    osVersion: z.string().optional(),
    buildVersion: z.string().optional(),
    supplementalBuild: z.string().optional(),
  }),
  z.object({
    kind: z.literal('error'),
    requestType: z.string(),
    /** From the error table, e.g. `no-update-available`; `unknown` where nothing matches. */
    class: z.string(),
    explanation: z.string(),
    retry: z.enum(['now', 'later', 'never']),
    errorChain: z.array(ErrorChainItem),
  }),
  z.object({ kind: z.literal('not-now'), requestType: z.string(), count: z.int() }),
  z.object({ kind: z.literal('other'), requestType: z.string() }),
  DeclaredStatus,
]);
export type Observation = z.infer<typeof Observation>;

/** What a device's answer means, once per (device, report). */
export const deviceObserved = defineEvent(
  'device.observed',
  1,
  z.object({
    deviceId: DeviceId,
    reportId: z.guid(),
    /** The command that it answers; absent for facts that came by themselves. */
    commandId: CommandId.optional(),
    at: Instant,
    observation: Observation,
    traceparent: Traceparent.optional(),
  }),
);

/** A StatusReport arrived over DDM. */
export const declarationReported = defineEvent(
  'declaration.reported',
  1,
  z.object({ deviceId: DeviceId, at: Instant, report: z.string(), traceparent: Traceparent.optional() }),
);
