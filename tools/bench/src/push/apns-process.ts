/** A simulated push service of its own process, so that its CPU time is nobody's. First message: ApnsOrder. */
import { ApnsServer } from '../../../fleet-sim/src/apns/apns-server.ts';
import type { Credentials } from '../../../fleet-sim/src/pki/authority.ts';

export interface ApnsOrder {
  readonly server: Credentials;
  readonly pushCa: string;
  readonly answerDelayMs: number;
}

const everybody = { online: () => true, receive: () => undefined };

process.once('message', async (order: ApnsOrder) => {
  const server = new ApnsServer({
    ...order,
    port: 0,
    host: '127.0.0.1',
    devices: { find: () => everybody },
    now: Date.now,
    draw: Math.random,
    maxConcurrentStreams: 1_000,
  });
  process.send?.({ port: await server.listen() });
  process.on('message', () => process.send?.({ accepted: server.counts.answers['200'] ?? 0 }));
});
