import { defineEvent, message } from '@lamplighter/contracts';
import { connectBroker, Consumer, JetStreamPublisher, PublishWindow } from '@lamplighter/messaging';
import { createLog, Log } from '@lamplighter/runtime';
import { z } from 'zod';

import type { Ours } from './field.ts';

const ticked = defineEvent('bench.ticked', 1, z.object({ deviceId: z.string(), text: z.string() }));
const TEXT = 'x'.repeat(80);

/** Our messaging library as the services use it. Bundled: its decorators need a compiler. */
export async function connectOurs(url: string, prefix: string, window: number): Promise<Ours> {
  const log = createLog('bench', 'error') as unknown as Log;
  const broker = await connectBroker({
    url,
    prefix,
    replicas: 1,
    maxBytes: 2 ** 31,
    service: 'bench',
    log,
  } as Parameters<typeof connectBroker>[0]);
  const publisher = new JetStreamPublisher(new PublishWindow(broker, { size: window }), prefix);
  return {
    publishAll: (rows) => publisher.publishAll(rows),
    publishItem: (n) => {
      const head = { id: `m-${n}`, tenant: 'default', at: new Date() };
      return publisher.publish(ticked, message(ticked, head, [{ deviceId: String(n), text: TEXT }]), String(n));
    },
    consume: async (count, service, maxBatch) => {
      let seen = 0;
      const all = Promise.withResolvers<void>();
      const consumer = new Consumer({
        definition: ticked,
        broker,
        handler: async (batch) => {
          seen += batch.length;
          if (seen === count) all.resolve();
        },
        maxBatch,
        settling: { service, window: new PublishWindow(broker), log },
      });
      await consumer.start();
      await all.promise;
      await consumer.stop();
    },
    close: () => broker.close(),
  };
}
