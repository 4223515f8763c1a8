/** The load generator: a process of its own, so that its CPU time is not the server's. */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

import { quantile } from '../result.ts';
import { syncSession } from '../ddm/sync-session.ts';
import { deviceIdOf } from './device-ids.ts';
import { exchangeSession, type Session } from './device-messages.ts';
import { HttpReplies, type HttpReply } from './http-replies.ts';
import type { LoadNews, LoadOrder, LoadResult } from './load-protocol.ts';

const MOST_LATENCIES = 4_000_000;

const SESSIONS = { exchange: exchangeSession, sync: syncSession };

/** Sessions of one device after the other on each connection. */
class Load {
  private readonly order: LoadOrder;
  private readonly latencies = new Float64Array(MOST_LATENCIES);
  private requests = 0;
  private nextDevice = 0;
  private measuredFrom = 0;
  private readonly finished = Promise.withResolvers<void>();

  constructor(order: LoadOrder) {
    this.order = order;
  }

  async run(onMeasuring: () => void): Promise<LoadResult> {
    const { ca, certificate: cert, key, port, connections, warmUpMs, measureMs } = this.order;
    const sockets = Array.from({ length: connections }, () =>
      connect({ host: '127.0.0.1', servername: 'localhost', port, ca, cert, key, ALPNProtocols: ['http/1.1'] }),
    );
    await Promise.all(sockets.map((socket) => once(socket, 'secureConnect')));
    for (const socket of sockets) this.serve(socket);
    const measure = setTimeout(() => {
      this.requests = 0;
      this.measuredFrom = performance.now();
      onMeasuring();
    }, warmUpMs);
    const end = setTimeout(() => this.finished.resolve(), warmUpMs + measureMs);
    await this.finished.promise;
    const seconds = (performance.now() - this.measuredFrom) / 1000;
    clearTimeout(measure);
    clearTimeout(end);
    for (const socket of sockets) socket.destroy();
    if (this.measuredFrom === 0) throw new Error('all devices were served before the measurement began: stage more');
    const sorted = this.latencies.slice(0, Math.min(this.requests, MOST_LATENCIES)).toSorted();
    return { requests: this.requests, seconds, p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99) };
  }

  private serve(socket: TLSSocket): void {
    const replies = new HttpReplies();
    let session: Session;
    let sentAt = 0;
    const send = (text: string): void => {
      sentAt = performance.now();
      socket.write(text, 'latin1');
    };
    const begin = (): void => {
      if (this.nextDevice >= this.order.devices) return this.finished.resolve();
      session = SESSIONS[this.order.session](deviceIdOf(this.nextDevice++));
      send(session.first);
    };
    const take = (reply: HttpReply): void => {
      this.latencies[this.requests++ % MOST_LATENCIES] = performance.now() - sentAt;
      const next = session.after(reply);
      if (next === undefined) begin();
      else send(next);
    };
    socket.on('data', (chunk: Buffer) => {
      try {
        const reply = replies.push(chunk);
        if (reply !== undefined) take(reply);
      } catch (error) {
        this.finished.reject(error);
      }
    });
    socket.on('error', (error) => this.finished.reject(error));
    socket.on('close', () => this.finished.reject(new Error('the server closed a connection')));
    begin();
  }
}

const say = (news: LoadNews): boolean | undefined => process.send?.(news);

process.once('message', (order: LoadOrder) => {
  new Load(order)
    .run(() => say({ kind: 'measuring' }))
    .then(
      (result) => say({ kind: 'done', result }),
      (error: Error) => say({ kind: 'failed', reason: error.message }),
    )
    .finally(() => process.disconnect());
});
