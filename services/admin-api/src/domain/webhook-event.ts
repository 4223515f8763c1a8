import {
  type AnswerPayload,
  AppError,
  type commandAnswered,
  derivedUuid,
  type deviceCheckedIn,
  type EnrollmentKind,
  type ItemOf,
  type WebhookTopic,
  WebhookTopic as Topics,
} from '@lamplighter/contracts';

/** An event as it waits for delivery: what its body is made of. A large answer stays where it is until then. */
export interface WebhookEvent {
  eventId: string;
  topic: WebhookTopic;
  deviceId: string;
  /** ISO 8601. */
  at: string;
  kind: EnrollmentKind;
  parentId?: string | undefined;
  payload: AnswerPayload;
  /** Of answers. */
  answer?: { status: string; commandId: string } | undefined;
  /** Of TokenUpdate. */
  tally?: number | undefined;
}

export interface KnownEnrollment {
  kind: EnrollmentKind;
  parentId: string | null;
}

/** The same id for every repeat of an answer; each NotNow and each failed try of a command is one of its own. */
export function answerEvent(
  tenant: string,
  item: ItemOf<typeof commandAnswered>,
  known: KnownEnrollment | undefined,
): WebhookEvent {
  const { deviceId, commandId, status, notNowCount, errorCount, receivedAt, payload } = item;
  return {
    eventId: derivedUuid('webhook', tenant, deviceId, commandId, status, notNowCount ?? errorCount ?? 0),
    topic: 'mdm.Connect',
    deviceId,
    at: receivedAt,
    ...enrollmentOf(deviceId, known),
    payload,
    answer: { status, commandId },
  };
}

/** Undefined for a message type that webhooks know no topic for. */
export function checkInEvent(tenant: string, item: ItemOf<typeof deviceCheckedIn>): WebhookEvent | undefined {
  const { deviceId, kind, parentId, messageType, at, payload, tokenUpdateTally } = item;
  const topic = Topics.safeParse(`mdm.${messageType}`);
  if (!topic.success) return undefined;
  return {
    eventId: derivedUuid('webhook', tenant, deviceId, messageType, at),
    topic: topic.data,
    deviceId,
    at,
    kind,
    parentId,
    payload: { xml: payload },
    tally: tokenUpdateTally,
  };
}

/** By the shape of its id where an enrollment is not known (any more): `<UDID>:<user>` is a user's. */
function enrollmentOf(deviceId: string, known: KnownEnrollment | undefined): Pick<WebhookEvent, 'kind' | 'parentId'> {
  if (known) return { kind: known.kind, parentId: known.parentId ?? undefined };
  const colon = deviceId.indexOf(':');
  return colon < 0 ? { kind: 'device' } : { kind: 'user', parentId: deviceId.slice(0, colon) };
}

/** NanoMDM's names of what enrolls. */
function typeOf({ kind, parentId }: WebhookEvent): string {
  if (kind === 'user-enrollment') return parentId === undefined ? 'User Enrollment (Device)' : 'User Enrollment';
  return { device: 'Device', user: 'User', 'shared-ipad': 'Shared iPad' }[kind];
}

/** The body in the MicroMDM format, the same bytes each time. `raw`: the device's plist. */
export function webhookBody(event: WebhookEvent, raw: Buffer): string {
  const { deviceId, kind, parentId, answer, tally } = event;
  const device = parentId ?? deviceId;
  const common = {
    ...(kind === 'user-enrollment' ? { enrollment_id: device } : { udid: device }),
    ...(answer ? { status: answer.status, command_uuid: answer.commandId } : {}),
    ...(tally === undefined ? {} : { token_update_tally: tally }),
    raw_payload: raw.toString('base64'),
    ids: { id: deviceId, type: typeOf(event), ...(parentId === undefined ? {} : { parent_id: parentId }) },
  };
  return JSON.stringify({
    topic: event.topic,
    event_id: event.eventId,
    created_at: event.at,
    ...(answer ? { acknowledge_event: common } : { checkin_event: common }),
  });
}

/** What a webhook's secret is sealed for. */
export function webhookContext({ tenant, name }: { tenant: string; name: string }): string {
  return `webhook:${tenant}:${name}`;
}

export function noWebhook(name: string): AppError {
  return new AppError('webhook.not-found', `there is no webhook ${name} in this tenant`);
}

export function noDelivery(eventId: string): AppError {
  return new AppError('delivery.not-found', `no delivery of the event ${eventId} waits or was given up`, {
    remedy: 'what was delivered is not kept; list what is there',
  });
}
