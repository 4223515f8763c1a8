import { z } from 'zod';
import { defineRequest } from '../envelope.ts';
import { AuthenticateFacts, EnrollmentKind } from '../events/device.ts';
import { AnswerPayload, AnswerStatus } from '../events/command.ts';
import { CommandId, DeviceId, Instant, TenantId, Traceparent } from '../ids.ts';

/** SHA-256 of the identity certificate's DER, lower-case hex. */
export const CertificateHash = z.string().regex(/^[0-9a-f]{64}$/);

export const Exchange = z.object({
  tenant: TenantId,
  deviceId: DeviceId,
  certificateHash: CertificateHash,
  receivedAt: Instant,
  /** Absent on Idle. */
  answer: z.object({ commandId: z.string().min(1).max(200), status: AnswerStatus, payload: AnswerPayload }).optional(),
});
export type Exchange = z.infer<typeof Exchange>;

export const ExchangeReply = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('command'),
    commandId: CommandId,
    requestType: z.string(),
    /** The Command dictionary as an XML fragment; the gateway adds the CommandUUID. */
    command: z.string(),
    traceparent: Traceparent.optional(),
    /** The trace of the command that was answered, where there was one. */
    answeredTraceparent: Traceparent.optional(),
  }),
  /** Nothing (more) for this device: 200 with an empty body. */
  z.object({ outcome: z.literal('empty'), answeredTraceparent: Traceparent.optional() }),
  /** Not enrolled here, or no longer: 403 with Apple's body. */
  z.object({ outcome: z.literal('unrecognized') }),
  /** Enrolled with another certificate: 403. */
  z.object({ outcome: z.literal('wrong-certificate') }),
  /** Could not be served now: 503; the device keeps its answer and comes back. */
  z.object({ outcome: z.literal('unavailable') }),
]);
export type ExchangeReply = z.infer<typeof ExchangeReply>;

/** A batch of device connections. Replies stand in the order of the items. At most 256 items. */
export const commandExchange = defineRequest('command.exchange', z.array(Exchange).max(256), z.array(ExchangeReply));

/** A check-in message, identified and parsed by the gateway. Data values are base64. */
export const CheckIn = z.object({
  tenant: TenantId,
  deviceId: DeviceId,
  kind: EnrollmentKind,
  parentId: DeviceId.optional(),
  certificateHash: CertificateHash,
  receivedAt: Instant,
  message: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('Authenticate'),
      topic: z.string(),
      facts: AuthenticateFacts,
    }),
    z.object({
      type: z.literal('TokenUpdate'),
      topic: z.string(),
      token: z.base64(),
      pushMagic: z.string(),
      unlockToken: z.base64().optional(),
    }),
    z.object({ type: z.literal('CheckOut') }),
    z.object({ type: z.literal('SetBootstrapToken'), bootstrapToken: z.base64().optional() }),
    z.object({ type: z.literal('GetBootstrapToken') }),
  ]),
});
export type CheckIn = z.infer<typeof CheckIn>;

export const CheckInReply = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('ok'), bootstrapToken: z.base64().optional() }),
  z.object({ outcome: z.literal('unrecognized') }),
  z.object({ outcome: z.literal('wrong-certificate') }),
]);
export type CheckInReply = z.infer<typeof CheckInReply>;

/** Committed before it is answered. */
export const enrollmentCheckIn = defineRequest('enrollment.check-in', CheckIn, CheckInReply);

/** A DeclarativeManagement check-in. `data` is the device's JSON document where it sent one. */
export const ddmSync = defineRequest(
  'ddm.sync',
  z.object({
    tenant: TenantId,
    deviceId: DeviceId,
    certificateHash: CertificateHash,
    receivedAt: Instant,
    endpoint: z.string().max(1000),
    data: z.string().optional(),
  }),
  z.object({
    /** HTTP status for the device: 200, 400, 403 or 404. */
    status: z.int(),
    body: z.string().optional(),
  }),
);
