import { randomUUID } from 'node:crypto';
import { createSecureServer } from 'node:http2';
import type { Http2SecureServer, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Credentials } from '../pki/authority.ts';
import { injectedFault, judgeTopic, NO_FAULTS, readPush } from './judge-push.ts';
import type { FaultRates, PushAnswer, PushRequest } from './judge-push.ts';
import { PushStore } from './push-store.ts';
import type { PushDevices } from './push-store.ts';

export interface ApnsOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host: string;
  readonly server: Credentials;
  /** PEM of the authority that signs push certificates. */
  readonly pushCa: string;
  readonly devices: PushDevices;
  /** Epoch milliseconds on the fleet's clock; `apns-expiration` is read on it. */
  readonly now: () => number;
  /** A number from 0 up to 1. */
  readonly draw: () => number;
  readonly maxConcurrentStreams: number;
  readonly answerDelayMs: number;
}

type Identity = { readonly topic: string } | PushAnswer;

function identify(session: ServerHttp2Session): Identity {
  const socket = session.socket as TLSSocket;
  const subject = socket.getPeerCertificate().subject as { UID?: string } | undefined;
  if (!subject) return { status: 403, reason: 'MissingProviderToken' };
  if (!socket.authorized || typeof subject.UID !== 'string') return { status: 403, reason: 'BadCertificate' };
  return { topic: subject.UID };
}

/** An APNs provider endpoint for MDM pushes: HTTP/2 over TLS with client certificates, as the real one speaks it. */
export class ApnsServer {
  readonly store = new PushStore();
  readonly counts = { connections: 0, goaways: 0, pushes: 0, answers: {} as Record<string, number> };
  private readonly sessions = new Map<ServerHttp2Session, Identity>();
  private readonly server: Http2SecureServer;
  private readonly options: ApnsOptions;
  private faults: FaultRates = NO_FAULTS;

  constructor(options: ApnsOptions) {
    this.options = options;
    this.server = createSecureServer({
      cert: options.server.certificate,
      key: options.server.key,
      ca: options.pushCa,
      requestCert: true,
      rejectUnauthorized: false, // a wrong certificate is told so over HTTP, not by a broken handshake
      settings: { maxConcurrentStreams: options.maxConcurrentStreams },
    });
    this.server.on('session', (session) => this.accept(session));
    this.server.on('stream', (stream, headers) => this.serve(stream, headers));
    this.server.on('tlsClientError', () => undefined);
    this.server.on('sessionError', () => undefined);
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port, this.options.host, resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on this share of pushes meets a fault. Rates that are left out are none. */
  inject(rates: Partial<FaultRates>): void {
    this.faults = { ...NO_FAULTS, ...rates };
  }

  /** Sends GOAWAY on every connection; streams that run are finished. Returns how many connections there were. */
  goaway(): number {
    const open = [...this.sessions.keys()];
    for (const session of open) session.close();
    this.counts.goaways += open.length;
    return open.length;
  }

  async close(): Promise<void> {
    for (const session of this.sessions.keys()) session.destroy();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  }

  private accept(session: ServerHttp2Session): void {
    this.counts.connections += 1;
    this.sessions.set(session, identify(session));
    session.on('close', () => this.sessions.delete(session));
    session.on('error', () => undefined);
  }

  private serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => undefined);
    stream.on('end', () => {
      // Its connection is gone already: nobody is there to be answered.
      if (stream.session === undefined) return;
      const answer = this.judge(stream.session as ServerHttp2Session, headers, Buffer.concat(chunks));
      const reply = (): void => this.reply(stream, headers, answer);
      if (this.options.answerDelayMs > 0) setTimeout(reply, this.options.answerDelayMs);
      else reply();
    });
  }

  private judge(session: ServerHttp2Session, headers: IncomingHttpHeaders, body: Buffer): PushAnswer {
    this.counts.pushes += 1;
    const identity = this.sessions.get(session) ?? identify(session);
    if ('status' in identity) return identity;
    const refused = judgeTopic(headers, identity.topic);
    if (refused) return refused;
    const push = readPush(headers, body);
    if ('status' in push) return push;
    return injectedFault(this.faults, this.options.draw()) ?? this.route(push);
  }

  private route(push: PushRequest): PushAnswer {
    const state = this.options.devices.find(push.token);
    if (state === 'unknown') return { status: 400, reason: 'BadDeviceToken' };
    if ('unregisteredAt' in state) {
      return { status: 410, reason: 'Unregistered', timestamp: Math.floor(state.unregisteredAt) };
    }
    // A push whose time has passed is still tried once.
    this.store.push(push.token, state, push.magic, push.until > this.options.now() ? push.until : 0);
    return { status: 200 };
  }

  private reply(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, answer: PushAnswer): void {
    const key = answer.reason ?? String(answer.status);
    this.counts.answers[key] = (this.counts.answers[key] ?? 0) + 1;
    if (stream.destroyed || stream.closed) return;
    const { status, ...body } = answer;
    stream.respond({ ':status': status, 'apns-id': headers['apns-id'] ?? randomUUID().toUpperCase() });
    stream.end(body.reason ? JSON.stringify(body) : undefined);
  }
}
