import { type CheckIn, derivedUuid, deviceCheckedIn, type ItemOf, type Message, message } from '@lamplighter/contracts';

/** They ask, and change nothing: not worth an event. */
const QUESTIONS: ReadonlySet<string> = new Set(['GetBootstrapToken', 'GetToken']);

/** What others are told of an accepted check-in; undefined where it is not theirs to know. */
export function checkedInMessage(
  checkIn: CheckIn,
  tokenUpdateTally: number,
  now: Date,
): Message<ItemOf<typeof deviceCheckedIn>> | undefined {
  const { tenant, deviceId, kind, parentId, receivedAt, payload, message: said } = checkIn;
  if (payload === undefined || QUESTIONS.has(said.type)) return undefined;
  const id = derivedUuid('device.checked-in', tenant, deviceId, said.type, receivedAt, payload);
  const item = {
    deviceId,
    kind,
    parentId,
    messageType: said.type,
    ...(said.type === 'TokenUpdate' ? { tokenUpdateTally } : {}),
    at: now.toISOString(),
    payload,
  };
  return message(deviceCheckedIn, { id, tenant, at: now }, [item]);
}
