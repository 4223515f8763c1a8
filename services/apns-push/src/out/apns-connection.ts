import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { BAD_CERTIFICATE } from '../domain/apns-answer.ts';
import type { ApnsAnswer } from '../domain/apns-answer.ts';
import { answerOf, reasonOf } from './apns-answer.ts';
import { bodyOf, fieldsOf, valuesOf } from './apns-request.ts';
import type { ApnsRequest } from './apns-request.ts';
import { Http2Client } from './http2/client.ts';
import { Exchange } from './http2/exchange.ts';
import { ErrorCode } from './http2/protocol.ts';

export interface ApnsEndpoint {
  url: string;
  topic: string;
  /** PEM; undefined for the system's authorities. */
  ca: string | undefined;
  certificate: string;
  key: string;
  /** Real milliseconds that a push, and a connection attempt, may take. */
  timeoutMs: number;
  /** Real milliseconds without traffic after which the connection is tried with a PING. */
  idleMs: number;
}

export interface ConnectionListener {
  /** Once for each request. Undefined: APNs has not processed it, so it may go out again at once, elsewhere. */
  settled(request: ApnsRequest, answer: ApnsAnswer | undefined): void;
  /** It may have room now, or be gone. */
  changed(): void;
  failed(error: Error): void;
}

class Running extends Exchange {
  readonly request: ApnsRequest;
  readonly startedAt: number;
  readonly until: number;

  constructor(request: ApnsRequest, timeoutMs: number) {
    super();
    this.request = request;
    this.startedAt = performance.now();
    this.until = Math.min(this.startedAt + timeoutMs, request.patience.untilMs);
  }
}

/** A bound of our own: beyond it more connections help, more streams do not. */
const MAX_STREAMS = 1000;
const SWEEP_MS = 250;
/** So long without a word while pushes wait for one: the connection is tried. */
const STALL_MS = 1000;
/** Together with the above less than pushes are tried again for: they go elsewhere in time. */
const PING_MS = 3000;

/**
 * One HTTP/2 connection to APNs. Never has more streams than the peer's SETTINGS allow, as they are at the moment; takes
 * none before they arrived, nor after GOAWAY (RFC 9113, 6.5.2 and 6.8), nor while it is tried with a PING.
 */
export class ApnsConnection {
  private readonly endpoint: ApnsEndpoint;
  private readonly listener: ConnectionListener;
  private readonly socket: TLSSocket;
  /** Undefined until TLS is agreed on. */
  private client: Http2Client<Running> | undefined;
  private readonly sweeper: NodeJS.Timeout;
  private readonly openedAt = performance.now();
  private state: 'connecting' | 'open' | 'leaving' | 'closed' = 'connecting';
  private heardAt = performance.now();
  /** Since when a PING, or our goodbye, waits for its answer. */
  private pingedAt: number | undefined;
  private partedAt: number | undefined;
  private hasFailed = false;
  private hasAnswered = false;
  /** APNs' reason for ending the connection. */
  private goodbye: string | undefined;

  /** Throws where the certificate or the key cannot be used for TLS. */
  constructor(endpoint: ApnsEndpoint, listener: ConnectionListener) {
    const { url, ca, certificate, key } = endpoint;
    this.endpoint = endpoint;
    this.listener = listener;
    const { hostname, port } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    const servername = isIP(host) > 0 ? '' : host;
    const address = { host, port: Number(port || 443), servername };
    this.socket = connect({ ...address, ca, cert: certificate, key, ALPNProtocols: ['h2'] });
    this.socket.setNoDelay(true);
    this.socket.once('secureConnect', () => this.onSecure());
    this.socket.on('error', (error: Error) => this.onError(error));
    this.socket.on('close', () => this.onClose());
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  get inFlight(): number {
    return this.client?.inFlight ?? 0;
  }

  /** How many more pushes it takes now. */
  get free(): number {
    if (this.client === undefined || this.state !== 'open' || this.pingedAt !== undefined) return 0;
    return Math.min(this.client.room, MAX_STREAMS - this.client.inFlight);
  }

  /** Still to be opened, or open. */
  get isUsable(): boolean {
    return this.state === 'connecting' || this.state === 'open';
  }

  get isConnecting(): boolean {
    return this.state === 'connecting';
  }

  /** To be called only while `free` is above 0. */
  send(request: ApnsRequest): void {
    const { push } = request;
    this.client!.send(new Running(request, this.endpoint.timeoutMs), valuesOf(push), bodyOf(push));
    if (this.client!.isSpent) this.leave();
  }

  /** Takes no more; ends once what runs is answered. */
  leave(): void {
    if (this.isUsable) this.state = 'leaving';
    if (this.client === undefined) return this.destroy();
    // Not before: a peer that hears of the end refuses what it has not looked at yet.
    if (this.inFlight > 0 || this.partedAt !== undefined) return;
    this.partedAt = performance.now();
    this.client.close();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private onSecure(): void {
    if (this.socket.alpnProtocol !== 'h2') {
      return void this.socket.destroy(new Error('what answers as APNs does not speak HTTP/2'));
    }
    const { url, topic } = this.endpoint;
    const client = new Http2Client<Running>({
      socket: this.socket,
      fields: fieldsOf(new URL(url).host, topic),
      listener: {
        ended: (running, isUntouched) => this.onEnd(running, isUntouched),
        goneAway: (code, data) => this.onGoaway(code, data),
        heard: () => this.onHeard(),
        pong: () => (this.pingedAt = undefined),
      },
    });
    this.client = client;
    this.socket.on('data', (chunk) => client.receive(chunk));
    this.socket.on('drain', () => this.listener.changed());
  }

  private onHeard(): void {
    this.heardAt = performance.now();
    if (this.state === 'connecting' && this.client!.isReady) this.state = 'open';
    if (this.state === 'leaving') this.leave();
    this.listener.changed();
  }

  private onEnd(running: Running, isUntouched: boolean): void {
    this.hasAnswered ||= running.status > 0;
    this.listener.settled(running.request, running.status > 0 ? answerOf(running) : this.unanswered(isUntouched));
  }

  private unanswered(isUntouched: boolean): ApnsAnswer | undefined {
    if (BAD_CERTIFICATE.has(this.goodbye)) return { status: 403, reason: this.goodbye };
    return isUntouched ? undefined : { status: 0, reason: 'ConnectionLost' };
  }

  private onGoaway(code: number, data: string): void {
    this.goodbye = reasonOf(data).reason;
    // One that says goodbye before it did anything is not replaced at once: that would go round and round.
    if (code !== ErrorCode.noError || !this.hasAnswered) {
      this.fail(new Error(`APNs ended the connection (GOAWAY ${code}, ${this.goodbye ?? 'no reason given'})`));
    }
    this.state = 'leaving';
  }

  private onError(error: Error): void {
    // Whoever has said goodbye may hang up as it likes.
    if (this.state !== 'leaving' || this.inFlight > 0) this.fail(error);
  }

  private fail(error: Error): void {
    this.hasFailed = true;
    this.listener.failed(error);
  }

  private onClose(): void {
    if (this.state === 'connecting' && !this.hasFailed) {
      this.fail(new Error('APNs closed the connection before it was usable'));
    }
    this.state = 'closed';
    clearInterval(this.sweeper);
    this.client?.endAll();
    this.listener.changed();
  }

  private sweep(): void {
    const now = performance.now();
    const { timeoutMs, idleMs } = this.endpoint;
    if (this.state === 'connecting') {
      if (now - this.openedAt > timeoutMs) this.socket.destroy(new Error('APNs did not answer the connection attempt'));
      return;
    }
    // It left before it was open; its end is told in a later turn.
    if (this.client === undefined) return;
    if (now - (this.partedAt ?? now) > PING_MS) return this.destroy();
    if (now - (this.pingedAt ?? now) > PING_MS)
      return void this.socket.destroy(new Error('APNs did not answer a PING'));
    this.giveUpLate(now);
    if (now - this.heardAt > idleMs) this.ping();
    if (this.state === 'leaving') this.leave();
    this.listener.changed();
  }

  private giveUpLate(now: number): void {
    let isFirst = true;
    for (const running of this.client!.exchanges) {
      if (isFirst && now - Math.max(running.startedAt, this.heardAt) > STALL_MS) this.ping();
      isFirst = false;
      if (now < running.until) continue;
      this.client!.cancel(running);
      this.listener.settled(running.request, { status: 0, reason: 'Timeout' });
    }
  }

  /** A connection that does not answer a PING is dead, whatever TCP believes. */
  private ping(): void {
    if (this.pingedAt !== undefined || this.partedAt !== undefined) return;
    this.pingedAt = performance.now();
    this.client!.ping();
  }
}
