/** The plain server that `exchange` is measured beside: a process of its own. */
import { certificateHash, commandPlist, enrollmentIdOf, parseConnect, parsePlist } from '@lamplighter/apple';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';

import { BaselineStore } from './baseline-store.ts';

const setting = (name: string): string => process.env[name] ?? '';
const store = await BaselineStore.open(setting('LAMP_DATABASE_URL'), setting('LAMP_NATS_URL'));
const hashes = new WeakMap<object, string>();

createServer(
  {
    cert: readFileSync(setting('LAMP_GATEWAY_TLS_CERT')),
    key: readFileSync(setting('LAMP_GATEWAY_TLS_KEY')),
    ca: readFileSync(setting('LAMP_DEVICE_CA')),
    requestCert: true,
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
    keepAliveTimeout: 60_000,
  },
  (request, response) => {
    serve(request).then(
      ({ status, body }) => {
        const headers = { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) };
        response.writeHead(status, headers).end(body);
      },
      (error: Error) => {
        process.stderr.write(`${error.stack}\n`);
        response.writeHead(500, { 'content-length': 0 }).end();
      },
    );
  },
).listen(Number(setting('LAMP_GATEWAY_PORT')), '127.0.0.1');

async function serve(request: IncomingMessage): Promise<{ status: number; body: string }> {
  const body = await bodyOf(request);
  const message = parseConnect(parsePlist(body));
  const { deviceId } = enrollmentIdOf(message);
  const now = new Date();
  const pinned = await store.pinnedHash(deviceId);
  if (pinned !== hashOf(request.socket as TLSSocket)) return { status: 403, body: '' };
  await store.seen(deviceId, now);
  if (message.status !== 'Idle') {
    await store.answer(deviceId, message.commandUuid ?? '', message.status, body.toString('utf8'));
  }
  const next = await store.takeNext(deviceId, now);
  return { status: 200, body: next === undefined ? '' : commandPlist(next.commandId, next.command) };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** Read from TLS once per connection, as the gateway does. */
function hashOf(socket: TLSSocket): string {
  let hash = hashes.get(socket);
  if (hash === undefined) {
    hash = certificateHash(socket.getPeerX509Certificate()!.raw);
    hashes.set(socket, hash);
  }
  return hash;
}
