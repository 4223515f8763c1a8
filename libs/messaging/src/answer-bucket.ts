import { jetstream, StorageType } from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/nats-core';
import { type ObjectStore, Objm } from '@nats-io/obj';
import { answerBucket } from './names.ts';

const KEPT_MS = 7 * 86_400_000;

/** Creates the bucket of large answers where it is missing. */
export function ensureAnswerBucket(
  nc: NatsConnection,
  { prefix, replicas }: { prefix: string; replicas: number },
): Promise<ObjectStore> {
  return new Objm(jetstream(nc, { checkAPI: false })).create(answerBucket(prefix), {
    ttl: nanos(KEPT_MS),
    storage: StorageType.File,
    replicas,
  });
}
