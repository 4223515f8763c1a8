/** As little as can be done for a push: one connection, as many streams as it takes, and the answers counted. */
import { type ClientHttp2Session, connect } from 'node:http2';

import type { Credentials } from '../../../fleet-sim/src/pki/authority.ts';

interface BareOrder {
  readonly url: string;
  readonly ca: string;
  readonly push: Credentials;
  readonly topic: string;
  readonly pushes: number;
  readonly connections: number;
  readonly streams: number;
}

process.once('message', async (order: BareOrder) => {
  const { url, ca, push, connections } = order;
  const sessions = Array.from({ length: connections }, () =>
    connect(url, { ca, cert: push.certificate, key: push.key, servername: 'localhost' }),
  );
  await Promise.all(sessions.map((session) => new Promise((resolve) => session.once('remoteSettings', resolve))));
  process.send?.({ ready: true });
  process.once('message', async () => {
    let next = 0;
    const lane = async (session: ClientHttp2Session): Promise<void> => {
      while (next < order.pushes) await one(session, order.topic, next++);
    };
    await Promise.all(sessions.flatMap((session) => Array.from({ length: order.streams }, () => lane(session))));
    process.send?.({ done: true });
    for (const session of sessions) session.destroy();
    process.disconnect();
  });
});

function one(session: ClientHttp2Session, topic: string, n: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': `/3/device/${n.toString(16).padStart(64, '0')}`,
      'apns-topic': topic,
      'apns-push-type': 'mdm',
      'apns-priority': '10',
      'apns-expiration': String(Math.floor(Date.now() / 1000) + 3_600),
    });
    stream.on('response', (headers) => {
      if (headers[':status'] !== 200) reject(new Error(`a push was answered with ${headers[':status']}`));
    });
    stream.on('error', reject);
    stream.on('end', resolve);
    stream.resume();
    stream.end('{"mdm":"BENCH-PUSH-MAGIC"}');
  });
}
