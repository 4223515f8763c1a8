import { Agent, request } from 'node:https';
import type { AgentOptions, RequestOptions } from 'node:https';
import { createSecureContext } from 'node:tls';

export interface Reply {
  readonly status: number;
  readonly body: Buffer;
}

/** `sent`: hang up when the request is out; `reply`: hang up when the reply begins. */
export type Drop = 'sent' | 'reply';

export interface Put {
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly drop?: Drop;
}

/** The line was cut before the reply was read. */
export class ConnectionDropped extends Error {}

const TIMEOUT_MS = 60_000;

export interface ServerAddress {
  readonly url: string;
  /** PEM of what the server's certificate is trusted by; the system's authorities when absent. */
  readonly ca?: string;
}

/** Keep-alive connections that signature devices share. */
export function sharedAgent(server: ServerAddress, sockets: number): Agent {
  // Not `ca`: an agent files its sockets under a name that has every option in it, and makes that name for each request.
  const secureContext = createSecureContext({ ca: server.ca });
  const options: AgentOptions = { keepAlive: true, maxSockets: sockets, maxFreeSockets: sockets, secureContext };
  return new Agent(options);
}

/**
 * A connection of its own, as a device with a TLS client certificate has it. Destroy it after each session: the next one
 * resumes the TLS session, as real devices do.
 */
export function ownAgent(server: ServerAddress, cert: string, key: string): Agent {
  // Made once: reading the PEM texts costs as much as a handshake.
  const secureContext = createSecureContext({ ca: server.ca, cert, key });
  const options: AgentOptions = { keepAlive: true, maxSockets: 1, maxCachedSessions: 1, secureContext };
  return new Agent(options);
}

/** One PUT. Rejects on any failure of the line. A kept connection that the server had closed meanwhile is replaced once. */
export async function put(server: ServerAddress, agent: Agent, message: Put): Promise<Reply> {
  try {
    return await once(server, agent, message);
  } catch (error) {
    if ((error as { reused?: boolean }).reused) return once(server, agent, message);
    throw error;
  }
}

function once(server: ServerAddress, agent: Agent, message: Put): Promise<Reply> {
  const options: RequestOptions = {
    method: 'PUT',
    agent,
    timeout: TIMEOUT_MS,
    headers: {
      'content-type': message.contentType,
      'content-length': Buffer.byteLength(message.body),
      'user-agent': 'MDM/1.0',
      ...message.headers,
    },
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(server.url, options, (incoming) => {
      if (message.drop === 'reply') {
        reject(new ConnectionDropped('dropped before the reply was read'));
        outgoing.destroy();
        return;
      }
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks) }));
      incoming.on('error', reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new ConnectionDropped(`no reply within ${TIMEOUT_MS} ms`)));
    outgoing.on('error', (error) => {
      const stale = outgoing.reusedSocket && (error as { code?: string }).code === 'ECONNRESET';
      reject(stale ? Object.assign(error, { reused: true }) : error);
    });
    outgoing.end(message.body, () => {
      if (message.drop === 'sent') outgoing.destroy(new ConnectionDropped('dropped after the answer was sent'));
    });
  });
}
