import type { MessageDefinition } from '@lamplighter/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import type { Broker } from './connection.ts';
import { streamOf } from './names.ts';

/** Messages that lie in the stream of this work: work leaves its stream once it is done. Throws when the broker does not answer. */
export async function waitingMessages(broker: Broker, work: MessageDefinition): Promise<number> {
  const manager = await jetstreamManager(broker.nc, { timeout: 5_000, checkAPI: false });
  return (await manager.streams.info(streamOf(broker.prefix, work))).state.messages;
}
