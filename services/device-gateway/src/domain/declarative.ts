import type { DdmSyncReply } from '@lamplighter/contracts';
import { isUtf8 } from 'node:buffer';
import { NOTHING_MORE } from './device-reply.ts';
import type { DeviceReply } from './device-reply.ts';
import { Refusal, shortHash } from './refusal.ts';
import type { Asked } from './refusal.ts';

/** As a JSON string; the broker takes messages of 1 MiB by default, envelope included. */
export const LARGEST_DOCUMENT = 1_000_000;

/** The device's JSON document as text; undefined where it sent none. Throws Refusal where it cannot be one. */
export function documentOf(data: Buffer | undefined): string | undefined {
  if (data === undefined || data.length === 0) return undefined;
  if (!isUtf8(data)) throw new Refusal(400, 'checkin.document-not-utf8', 'Data is not UTF-8, so it is not JSON');
  const text = data.toString('utf8');
  if (data.length > LARGEST_DOCUMENT || Buffer.byteLength(JSON.stringify(text)) > LARGEST_DOCUMENT) {
    throw new Refusal(413, 'checkin.document-too-large', `Data is larger than ${LARGEST_DOCUMENT} bytes as JSON`);
  }
  return text;
}

/** Throws Refusal for all but 200 and 404: a declaration that is gone is news for the device, not an error. */
export function replyToSync(asked: Asked, reply: DdmSyncReply): DeviceReply {
  const body =
    reply.body === undefined || reply.body === '' ? {} : { contentType: 'application/json', body: reply.body };
  if (reply.status === 200) return body.body === undefined ? NOTHING_MORE : { status: 200, ...body };
  if (reply.status === 404) return { status: 404, ...body };
  const keys = {
    tenant: asked.tenant,
    deviceId: asked.deviceId,
    certificate: shortHash(asked.certificateHash),
  };
  if (reply.status !== 400 && reply.status !== 403) {
    throw new Refusal(503, 'checkin.ddm-unavailable', 'declarative management failed', { keys });
  }
  // Apple's 403 body makes a device leave: not for a user channel that is not known.
  const isChannel = reply.status === 403 && asked.deviceId.includes(':');
  throw new Refusal(reply.status, 'checkin.ddm-refused', 'declarative management refused the request', {
    keys,
    ...(isChannel ? {} : { reply: { status: reply.status, ...body } }),
  });
}
