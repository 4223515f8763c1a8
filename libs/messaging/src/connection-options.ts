import { readPem } from '@lamplighter/runtime';
import { type ConnectionOptions, credsAuthenticator } from '@nats-io/nats-core';
import { inboxPrefix } from './names.ts';

/** Where the broker is and how this process proves itself to it. */
export interface BrokerAccess {
  /** NATS servers, comma separated; `user:password@` or `token@` before the host of the first. `tls://` demands TLS. */
  url: string;
  /** Shown in the broker's list of connections. */
  service: string;
  /** A file with a user's JWT and its key, instead of what stands in the URL. */
  credsFile?: string | undefined;
  /** A PEM file of the authorities that the servers' certificates come from; demands TLS. Else the system's authorities. */
  tlsCa?: string | undefined;
}

/** Throws AppError `config.unreadable-file` for a file that cannot be used. */
export function connectionOptions({ url, service, credsFile, tlsCa }: BrokerAccess): ConnectionOptions {
  const urls = url
    .split(',')
    .map((each) => new URL(each.trim().includes('://') ? each.trim() : `nats://${each.trim()}`));
  return {
    servers: urls.map((each) => each.host),
    name: service,
    inboxPrefix: inboxPrefix(service),
    ...identity(urls, credsFile),
    ...(tlsCa === undefined ? {} : { tls: { ca: readPem('LAMP_NATS_TLS_CA', tlsCa) } }),
    ...(tlsCa === undefined && urls.some((each) => each.protocol === 'tls:') ? { tls: {} } : {}),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    ignoreAuthErrorAbort: true,
    pingInterval: 10_000,
    maxPingOut: 2,
    noAsyncTraces: true,
  };
}

function identity(urls: readonly URL[], credsFile: string | undefined): Partial<ConnectionOptions> {
  if (credsFile !== undefined) {
    // Fail now when it cannot be read; read again at each reconnection: credentials are renewed by replacing the file.
    const read = () => Buffer.from(readPem('LAMP_NATS_CREDS_FILE', credsFile));
    read();
    return { authenticator: credsAuthenticator(read) };
  }
  const given = urls.find((each) => each.username !== '');
  const [user, pass] = [given?.username, given?.password].map((part) => decodeURIComponent(part ?? ''));
  return user && pass ? { user, pass } : user ? { token: user } : {};
}
