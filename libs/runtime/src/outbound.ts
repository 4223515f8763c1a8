import { lookup as resolve } from 'node:dns';
import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { AppError } from '@lamplighter/contracts';
import { z } from 'zod';
import type { Shutdown } from './shutdown.ts';

/** Where a service may send requests whose address an operator or a tenant chose. */
export const OutboundRule = z
  .enum(['any', 'public'])
  .default('any')
  .describe(
    'Which addresses webhooks and other MDM servers may have: `any`, or `public` where tenants are strangers to your network: loopback, link-local and private addresses are refused then.',
  );
export type OutboundRule = z.infer<typeof OutboundRule>;

export interface OutboundCall {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** For the whole call. */
  timeoutMs: number;
  /** What an answer's body holds beyond this is not read. */
  mostBytes: number;
  /**
   * Sent once, on a connection of its own. Else a connection that ends without an answer, after others, is taken for one that was
   * closed while it lay idle, and the call is sent again.
   */
  once?: true;
}

/**
 * Node's own client, for addresses that people gave: follows no redirect, since that would take credentials elsewhere, and
 * keeps connections open. Throws the system's errors with their `code`, a TimeoutError, and AppError `outbound.refused`.
 */
export class Outbound {
  private readonly http = new HttpAgent({ keepAlive: true });
  private readonly https = new HttpsAgent({ keepAlive: true });

  constructor(
    private readonly rule: OutboundRule,
    shutdown: Shutdown,
  ) {
    shutdown.last(async () => {
      this.http.destroy();
      this.https.destroy();
    });
  }

  async send(call: OutboundCall): Promise<{ status: number; body: string }> {
    const url = new URL(call.url);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (this.rule === 'public' && isIP(host) !== 0) refuseInternal(host, host);
    const signal = AbortSignal.timeout(call.timeoutMs);
    for (let again = true; ; again = false) {
      const request = this.open(url, call, signal);
      try {
        return await answerOf(request, call);
      } catch (error) {
        // A connection that the other side had closed while it lay idle says nothing of it.
        const wasIdle = request.reusedSocket && (error as { code?: string }).code === 'ECONNRESET';
        if (again && wasIdle) continue;
        throw signal.aborted ? signal.reason : error;
      }
    }
  }

  private open(url: URL, { method, headers, once }: OutboundCall, signal: AbortSignal): ClientRequest {
    const lookup = this.rule === 'public' ? { lookup: publicLookup } : {};
    const options = { method, headers: { 'user-agent': 'lamplighter', ...headers }, signal, ...lookup };
    return url.protocol === 'https:'
      ? httpsRequest(url, { ...options, agent: once ? false : this.https })
      : httpRequest(url, { ...options, agent: once ? false : this.http });
  }
}

/** RFC 6890, and multicast. BlockList reads IPv4 addresses that IPv6 ones carry as IPv4. */
const INTERNAL = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  INTERNAL.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  INTERNAL.addSubnet(net, prefix, 'ipv6');

function refuseInternal(host: string, address: string): void {
  if (!INTERNAL.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')) return;
  throw new AppError('outbound.refused', `${host} is an address of an inner network (${address})`, {
    outcome: 'drop',
    remedy: 'give a public address; or have the operator set LAMP_OUTBOUND=any',
  });
}

/** Looked up and judged at once, so that a name cannot mean one address when it is checked and another when it is used. */
const publicLookup: LookupFunction = (host, options, found) => {
  resolve(host, { ...options, all: true }, (error, addresses) => {
    if (error) return found(error, []);
    try {
      for (const { address } of addresses) refuseInternal(host, address);
    } catch (refused) {
      return found(refused as Error, []);
    }
    if (options.all === true) return found(null, addresses);
    return found(null, addresses[0]!.address, addresses[0]!.family);
  });
};

function answerOf(
  request: ClientRequest,
  { body, mostBytes }: OutboundCall,
): Promise<{ status: number; body: string }> {
  return new Promise((done, fail) => {
    request.on('error', fail);
    request.on('response', (response: IncomingMessage) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        parts.push(part);
        bytes += part.length;
        if (bytes > mostBytes) response.destroy();
      });
      response.on('error', fail);
      response.on('close', () =>
        done({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8', 0, mostBytes) }),
      );
    });
    request.end(body);
  });
}
