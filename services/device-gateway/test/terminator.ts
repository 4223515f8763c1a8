import { Agent, request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Gateway } from './gateway.ts';
import type { Holder } from './pki.ts';

/** A client certificate as RFC 9440 writes it. */
export function clientCert(holder: Holder): string {
  return `:${Buffer.from(holder.certificate.rawData).toString('base64')}:`;
}

/** As nginx escapes it. */
export function escapedPem(...holders: readonly Holder[]): string {
  return encodeURIComponent(holders.map(({ pem }) => `${pem}\n`).join(''));
}

/** As AWS does, which leaves `+`, `=` and `/` alone. */
export function amazonPem(...holders: readonly Holder[]): string {
  return escapedPem(...holders).replaceAll(/%2B|%3D|%2F/g, (escape) => decodeURIComponent(escape));
}

/** As Traefik does: neither PEM lines nor line ends. */
export function barePem(...holders: readonly Holder[]): string {
  return holders.map(({ certificate }) => Buffer.from(certificate.rawData).toString('base64')).join(',');
}

/** A TLS terminator: takes client certificates in TLS and hands everything to the gateway over one plain connection. */
export async function startTerminator(gateway: Gateway, server: Holder) {
  const upstream = new Agent({ keepAlive: true, maxSockets: 1 });
  let connections = 0;
  const terminator = createServer(
    { cert: server.pem, key: server.keyPem, requestCert: true, rejectUnauthorized: false },
    (incoming, outgoing) => {
      const raw = (incoming.socket as TLSSocket).getPeerX509Certificate()?.raw;
      const { 'client-cert': _untrusted, connection: _ofThisHop, ...headers } = incoming.headers;
      const shown = raw === undefined ? {} : { 'client-cert': `:${raw.toString('base64')}:` };
      const onward = request(
        {
          host: '127.0.0.1',
          port: gateway.port,
          path: incoming.url,
          method: incoming.method,
          agent: upstream,
          headers: { ...headers, ...shown },
        },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onward.on('socket', (socket) => {
        if (socket.connecting) connections += 1;
      });
      incoming.pipe(onward);
    },
  );
  await new Promise<void>((resolve) => terminator.listen(0, '127.0.0.1', resolve));
  return {
    port: (terminator.address() as AddressInfo).port,
    /** How many it has made to the gateway. */
    connections: () => connections,
    async stop(): Promise<void> {
      upstream.destroy();
      terminator.closeAllConnections();
      await new Promise((resolve) => terminator.close(resolve));
    },
  };
}
