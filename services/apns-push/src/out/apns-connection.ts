import { connect, constants } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { BAD_CERTIFICATE } from '../domain/apns-answer.ts';
import type { ApnsAnswer } from '../domain/apns-answer.ts';
import { bodyOf, headersOf } from './apns-request.ts';
import type { ApnsRequest } from './apns-request.ts';

export interface ApnsEndpoint {
  url: string;
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

interface Running {
  request: ApnsRequest;
  stream: ClientHttp2Stream;
  startedAt: number;
  until: number;
  status: number;
  retryAfterMs: number | undefined;
  body: string;
  isLate: boolean;
}

/** A bound of our own: beyond it more connections help, more streams do not. */
const MAX_STREAMS = 1000;
const MAX_BODY = 4096;
/** What a Date can hold. */
const MAX_TIME = 8.64e15;
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
  private readonly session: ClientHttp2Session;
  private readonly running = new Set<Running>();
  private readonly sweeper: NodeJS.Timeout;
  private readonly openedAt = performance.now();
  private state: 'connecting' | 'open' | 'leaving' | 'closed' = 'connecting';
  private lastProcessed = Infinity;
  private heardAt = performance.now();
  private pinging = false;
  private hasFailed = false;
  private hasAnswered = false;
  /** APNs' reason for ending the connection. */
  private goodbye: string | undefined;

  /** Throws where the certificate or the key cannot be used for TLS. */
  constructor(endpoint: ApnsEndpoint, listener: ConnectionListener) {
    const { url, ca, certificate, key } = endpoint;
    this.endpoint = endpoint;
    this.listener = listener;
    this.session = connect(url, { ca, cert: certificate, key, settings: { enablePush: false } });
    this.session.on('remoteSettings', () => this.onSettings());
    this.session.on('goaway', (code, lastStreamId, data) => this.onGoaway(code, lastStreamId, data));
    this.session.on('error', (error: Error) => {
      this.hasFailed = true;
      listener.failed(error);
    });
    this.session.on('close', () => this.onClose());
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  get inFlight(): number {
    return this.running.size;
  }

  /** How many more pushes it takes now. */
  get free(): number {
    // A session that is destroyed says so at once, and emits it only when nothing else is to be done.
    if (this.state !== 'open' || this.pinging || this.session.destroyed || this.session.closed) return 0;
    const allowed = this.session.remoteSettings.maxConcurrentStreams ?? MAX_STREAMS;
    return Math.min(allowed, MAX_STREAMS) - this.running.size;
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
    let stream: ClientHttp2Stream;
    try {
      stream = this.session.request(headersOf(request.push));
    } catch {
      // The session went away in between; nothing has left.
      this.leave();
      this.listener.settled(request, undefined);
      return;
    }
    this.follow(request, stream);
    stream.end(bodyOf(request.push));
  }

  /** Takes no more; ends once what runs is answered. */
  leave(): void {
    if (this.isUsable) this.state = 'leaving';
    // Not before: a peer that hears of the end refuses what it has not looked at yet.
    if (this.running.size === 0) this.session.close();
  }

  destroy(): void {
    this.session.destroy();
  }

  private follow(request: ApnsRequest, stream: ClientHttp2Stream): void {
    const startedAt = performance.now();
    const until = Math.min(startedAt + this.endpoint.timeoutMs, request.deadlineMs);
    const answer = { status: 0, retryAfterMs: undefined, body: '' };
    const running: Running = { request, stream, startedAt, until, ...answer, isLate: false };
    this.running.add(running);
    stream.on('response', (headers: IncomingHttpHeaders) => onResponse(running, headers));
    // The close event that follows says all.
    stream.on('error', nothing);
    stream.on('close', () => this.onEnd(running));
  }

  private onEnd(running: Running): void {
    this.heardAt = performance.now();
    this.running.delete(running);
    this.hasAnswered ||= running.status > 0;
    this.listener.settled(running.request, running.status > 0 ? answerOf(running) : this.unanswered(running));
    if (this.state === 'leaving') this.leave();
    this.listener.changed();
  }

  private unanswered({ stream, isLate }: Running): ApnsAnswer | undefined {
    if (isLate) return { status: 0, reason: 'Timeout' };
    if (BAD_CERTIFICATE.has(this.goodbye)) return { status: 403, reason: this.goodbye };
    const isRefused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
    const neverSent = stream.id === undefined || stream.id > this.lastProcessed;
    return isRefused || neverSent ? undefined : { status: 0, reason: 'ConnectionLost' };
  }

  private onSettings(): void {
    this.heardAt = performance.now();
    if (this.state === 'connecting') this.state = 'open';
    this.listener.changed();
  }

  private onGoaway(code: number, lastStreamId: number | undefined, data: Uint8Array | undefined): void {
    // 2^31-1 is a first warning: what is on its way will be processed.
    if (lastStreamId !== undefined) this.lastProcessed = lastStreamId;
    this.goodbye = data === undefined ? undefined : reasonOf(Buffer.from(data).toString('latin1')).reason;
    // One that says goodbye before it did anything is not replaced at once: that would go round and round.
    if (code !== constants.NGHTTP2_NO_ERROR || !this.hasAnswered) {
      this.listener.failed(
        new Error(`APNs ended the connection (GOAWAY ${code}, ${this.goodbye ?? 'no reason given'})`),
      );
    }
    this.leave();
    this.listener.changed();
  }

  private onClose(): void {
    if (this.state === 'connecting' && !this.hasFailed) {
      this.listener.failed(new Error('APNs closed the connection before it was usable'));
    }
    this.state = 'closed';
    clearInterval(this.sweeper);
    this.listener.changed();
  }

  private sweep(): void {
    const now = performance.now();
    const { timeoutMs, idleMs } = this.endpoint;
    if (this.state === 'connecting') {
      if (now - this.openedAt > timeoutMs)
        this.session.destroy(new Error('APNs did not answer the connection attempt'));
      return;
    }
    const [oldest] = this.running;
    if (oldest !== undefined && now - Math.max(oldest.startedAt, this.heardAt) > STALL_MS) this.ping();
    for (const running of this.running) {
      if (now < running.until) continue;
      running.isLate = true;
      running.stream.close(constants.NGHTTP2_CANCEL);
    }
    if (now - this.heardAt > idleMs) this.ping();
  }

  /** A connection that does not answer a PING is dead, whatever TCP believes. */
  private ping(): void {
    if (this.pinging || this.session.destroyed || this.session.closed) return;
    this.pinging = true;
    const giveUp = setTimeout(() => this.session.destroy(new Error('APNs did not answer a PING')), PING_MS).unref();
    this.session.ping((error) => {
      clearTimeout(giveUp);
      this.pinging = false;
      if (!error) this.heardAt = performance.now();
      this.listener.changed();
    });
  }
}

const nothing = (): void => {};

function onResponse(running: Running, headers: IncomingHttpHeaders): void {
  running.status = Number(headers[':status']);
  // What comes with an acceptance says nothing.
  if (running.status === 200) return void running.stream.resume();
  running.retryAfterMs = retryAfter(headers['retry-after']);
  running.stream.on('data', (chunk: Buffer) => {
    if (running.body.length < MAX_BODY) running.body += chunk.toString('latin1');
  });
}

function answerOf({ status, body, retryAfterMs }: Running): ApnsAnswer {
  const answer = { status, ...(status === 200 ? {} : reasonOf(body)) };
  return retryAfterMs === undefined ? answer : { ...answer, retryAfterMs };
}

function reasonOf(body: string): Pick<ApnsAnswer, 'reason' | 'timestamp'> {
  try {
    const { reason, timestamp } = JSON.parse(body) as { reason?: unknown; timestamp?: unknown };
    return {
      reason: typeof reason === 'string' ? reason.slice(0, 100) : undefined,
      timestamp: typeof timestamp === 'number' && Math.abs(timestamp) < MAX_TIME ? timestamp : undefined,
    };
  } catch {
    return {};
  }
}

/** Milliseconds; undefined where the header is absent or makes no sense (RFC 9110, 10.2.3). */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d{1,6}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
