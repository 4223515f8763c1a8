import { jetstream, StorageType } from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/nats-core';
import { type ObjectStore, Objm } from '@nats-io/obj';
import { answerBucket } from './names.ts';

const KEPT_MS = 7 * 86_400_000;

/** Creates the bucket of large answers where it is missing. Devices fill it: at `maxBytes` it takes no more, before the disk is full. */
export function ensureAnswerBucket(
  nc: NatsConnection,
  { prefix, replicas, maxBytes }: { prefix: string; replicas: number; maxBytes?: number },
): Promise<ObjectStore> {
  return new Objm(jetstream(nc, { checkAPI: false })).create(answerBucket(prefix), {
    ttl: nanos(KEPT_MS),
    storage: StorageType.File,
    replicas,
    ...(maxBytes === undefined ? {} : { max_bytes: maxBytes }),
  });
}
