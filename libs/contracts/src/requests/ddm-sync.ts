import { z } from 'zod';
import { defineRequest } from '../envelope.ts';
import { DeviceId, Instant, TenantId } from '../ids.ts';
import { MAX_REQUEST_BYTES } from '../message-sizes.ts';
import { CertificateHash, SourceName } from './device.ts';

/** A DeclarativeManagement check-in. `data` is the device's JSON document where it sent one. */
export const DdmSync = z
  .object({
    tenant: TenantId,
    deviceId: DeviceId,
    /** Of the device itself. Absent where a source speaks for it. */
    certificateHash: CertificateHash.optional(),
    receivedAt: Instant,
    /**
     * Another server, let in by the tenant's token of this name. It speaks for the devices of the source of this name, and for those
     * that are not enrolled here; for all others the reply is 403 `ddm.not-your-device`.
     */
    source: SourceName.optional(),
    endpoint: z.string().max(1000),
    data: z.string().optional(),
  })
  .refine(({ certificateHash, source }) => certificateHash !== undefined || source !== undefined, {
    error: 'a certificateHash, or the source that vouches for the device',
    path: ['certificateHash'],
  });
export type DdmSync = z.infer<typeof DdmSync>;

/** For the device. */
export interface DdmSyncReply {
  /** HTTP status: 200, 400, 403, 404, or 503 where it is to come again. */
  status: number;
  /** JSON. */
  body?: string | undefined;
}

/**
 * A batch of DeclarativeManagement check-ins, at most 256. Replies stand in the order of the items; devices that have the same
 * declarations share a body.
 */
export const ddmSync = defineRequest(
  'ddm.sync',
  z.array(DdmSync).max(256),
  z.object({
    bodies: z.array(z.string()),
    /** `body`: which of the bodies; absent: none. */
    replies: z.array(z.object({ status: z.int(), body: z.int().optional() })),
  }),
);
export type DdmSyncReplies = z.infer<typeof ddmSync.output>;

/** Of each reply beside its body. */
const HEAD_BYTES = 40;

/** As many of the replies as one message can carry: a device whose reply has no room is asked to come again. */
export function packSyncReplies(replies: readonly DdmSyncReply[]): DdmSyncReplies {
  const bodies: string[] = [];
  const known = new Map<string, number>();
  let room = MAX_REQUEST_BYTES - replies.length * HEAD_BYTES;
  const packed = replies.map(({ status, body }) => {
    if (body === undefined) return { status };
    const at = known.get(body);
    if (at !== undefined) return { status, body: at };
    const bytes = Buffer.byteLength(JSON.stringify(body)) + 1;
    if (bytes > room) return { status: 503 };
    room -= bytes;
    known.set(body, bodies.push(body) - 1);
    return { status, body: bodies.length - 1 };
  });
  return { bodies, replies: packed };
}

export function unpackSyncReplies({ bodies, replies }: DdmSyncReplies): DdmSyncReply[] {
  return replies.map(({ status, body }) => (body === undefined ? { status } : { status, body: bodies[body] }));
}
