import { createHash } from 'node:crypto';
import { z } from 'zod';
import { defineRequest } from '../envelope.ts';
import { AuthenticateFacts, EnrollmentKind } from '../events/device.ts';
import { AnswerPayload, AnswerStatus } from '../events/command.ts';
import { CommandId, DeviceId, Instant, TenantId, Traceparent } from '../ids.ts';

/** SHA-256 of what the authority signed of the identity certificate (tbsCertificate), lower-case hex. */
export const CertificateHash = z.string().regex(/^[0-9a-f]{64}$/);

/** Name of another MDM server that relays its devices' messages; absent where the device itself spoke. */
export const SourceName = z.string().min(1).max(63);

/**
 * Stands for the identity certificate of devices that another MDM server vouches for: an enrollment that it relays is
 * pinned to this. No certificate has this hash.
 */
export function sourceCertificateHash(tenant: string, name: string): string {
  return createHash('sha256').update(`source:${tenant}:${name}`).digest('hex');
}

export const Exchange = z.object({
  tenant: TenantId,
  deviceId: DeviceId,
  certificateHash: CertificateHash,
  receivedAt: Instant,
  /** Its answer is taken, and it is handed nothing: that goes through its own server. */
  source: SourceName.optional(),
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
  z.object({
    outcome: z.literal('empty'),
    answeredTraceparent: Traceparent.optional(),
    /** Of a source's device: it answered a command of ours. */
    answered: z.literal(true).optional(),
  }),
  /** Not enrolled here, or no longer: 403 with Apple's body. So is a source's device until its TokenUpdate. */
  z.object({ outcome: z.literal('unrecognized') }),
  /** Enrolled with another certificate: 403. */
  z.object({ outcome: z.literal('wrong-certificate') }),
  /** Could not be served now: 503; the device keeps its answer and comes back. */
  z.object({ outcome: z.literal('unavailable') }),
]);
export type ExchangeReply = z.infer<typeof ExchangeReply>;

/** A batch of device connections. Replies stand in the order of the items. At most 256 items. */
export const commandExchange = defineRequest('command.exchange', z.array(Exchange).max(256), z.array(ExchangeReply));

/**
 * Asked before an answer is kept that is too large for a message: nobody fills the store with what no device was asked.
 * Changes nothing.
 */
export const answerAnnounce = defineRequest(
  'answer.announce',
  z.object({
    tenant: TenantId,
    deviceId: DeviceId,
    certificateHash: CertificateHash,
    /** As the device wrote it. */
    commandId: z.string().min(1).max(200),
  }),
  z.object({
    /** `stray`: the device has no such command, and had none as far as history goes. The others as of `command.exchange`. */
    outcome: z.enum(['awaited', 'stray', 'unrecognized', 'wrong-certificate']),
  }),
);

const CheckInMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('Authenticate'),
    topic: z.string(),
    facts: AuthenticateFacts,
  }),
  z.object({
    type: z.literal('TokenUpdate'),
    topic: z.string(),
    /** Absent, with `pushMagic`, only where a source relays without them: then no push address is stored. */
    token: z.base64().optional(),
    pushMagic: z.string().optional(),
    unlockToken: z.base64().optional(),
    /** Setup Assistant waits: on the device channel for DeviceConfigured, on that of Shared iPad for UserConfigured. */
    awaitingConfiguration: z.boolean().optional(),
    /** User channel of a Mac: its user is not at the console. */
    notOnConsole: z.boolean().optional(),
    userShortName: z.string().optional(),
    userLongName: z.string().optional(),
  }),
  z.object({ type: z.literal('CheckOut') }),
  z.object({ type: z.literal('UserAuthenticate') }),
  z.object({
    type: z.literal('SetBootstrapToken'),
    /** Absent: the stored one is deleted. */
    bootstrapToken: z.base64().optional(),
    awaitingConfiguration: z.boolean().optional(),
  }),
  z.object({ type: z.literal('GetBootstrapToken'), awaitingConfiguration: z.boolean().optional() }),
  z.object({ type: z.literal('GetToken'), serviceType: z.string().max(200) }),
  z.object({ type: z.literal('ReturnToService') }),
]);

/** A check-in message, identified and parsed by the gateway. Data values are base64. */
export const CheckIn = z
  .object({
    tenant: TenantId,
    deviceId: DeviceId,
    kind: EnrollmentKind,
    parentId: DeviceId.optional(),
    certificateHash: CertificateHash,
    /** Names that the presented certificate carries: common name, serialNumber, subject alternative names. */
    certificateNames: z.array(z.string().max(255)).max(20).optional(),
    /** Until when the presented certificate is valid; absent where it was not read. */
    certificateEndsAt: Instant.optional(),
    receivedAt: Instant,
    source: SourceName.optional(),
    /** The message as `device.checked-in` passes it on, without its secrets. Absent: nothing is announced. */
    payload: z.string().optional(),
    message: CheckInMessage,
  })
  .refine(
    ({ source, message }) =>
      source !== undefined ||
      message.type !== 'TokenUpdate' ||
      (message.token !== undefined && message.pushMagic !== undefined),
    { error: 'a TokenUpdate has token and pushMagic, except through a source', path: ['message', 'token'] },
  );
export type CheckIn = z.infer<typeof CheckIn>;

export const CheckInReply = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('ok'),
    /** To GetBootstrapToken; absent where none is held. */
    bootstrapToken: z.base64().optional(),
    /** To GetToken. */
    tokenData: z.base64().optional(),
  }),
  z.object({ outcome: z.literal('unrecognized') }),
  z.object({ outcome: z.literal('wrong-certificate') }),
  /** To UserAuthenticate: 410. */
  z.object({ outcome: z.literal('user-not-managed') }),
  /** To GetToken: no token of that type is given here, 400. */
  z.object({ outcome: z.literal('unknown-token-service') }),
  /** To GetToken: this enrollment was given as many as it gets for now, 503. */
  z.object({ outcome: z.literal('too-many-tokens') }),
]);
export type CheckInReply = z.infer<typeof CheckInReply>;

/** Committed before it is answered. */
export const enrollmentCheckIn = defineRequest('enrollment.check-in', CheckIn, CheckInReply);
