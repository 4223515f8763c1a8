import { createServer } from 'node:https';
import type { Server } from 'node:https';
import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { buildPlist, isDict, parsePlist, trustAnchors, verifyMdmSignature } from '@lamplighter/apple';
import type { PlistDict, PlistInput } from '@lamplighter/apple';
import { newAuthority, newCredentials } from '../pki/authority.ts';
import { serverExtensions } from '../pki/certificate.ts';
import type { FleetPki } from '../pki/pki-directory.ts';
import { DdmServer } from './ddm-server.ts';

export interface Received {
  readonly udid: string;
  /** The UDID, or `<UDID>:<UserID>`: whose queue, push address and declarations are meant. */
  readonly channel: string;
  /** MessageType of a check-in, Status of a connection. */
  readonly what: string;
  readonly uuid: string;
  readonly body: PlistDict;
  readonly identity: 'signature' | 'certificate';
  readonly status: number;
}

interface Queued {
  readonly uuid: string;
  readonly command: PlistInput;
}

/** A small MDM server over real TLS for the specs: one queue per device, a command stays until it is answered. */
export class MdmServer {
  readonly received: Received[] = [];
  readonly ddm = new DdmServer();
  readonly push = new Map<string, { token: string; magic: string }>();
  /** Set to answer a message with another HTTP status (and body). */
  refuse: (message: Omit<Received, 'status'>) => { status: number; body?: string } | undefined = () => undefined;
  /** Hand over the next command after a NotNow, instead of ending the session. */
  afterNotNow = false;
  private readonly queues = new Map<string, Queued[]>();
  private readonly authority = newAuthority('Spec Server CA');
  private readonly server: Server;
  private readonly anchors;
  private readonly pki: FleetPki;
  private apns: ClientHttp2Session | undefined;
  private numbers = 0;

  constructor(pki: FleetPki) {
    this.pki = pki;
    this.anchors = trustAnchors(pki.deviceCa.certificate);
    const { certificate, key } = newCredentials(this.authority, {
      commonName: 'mdm.spec',
      extensions: serverExtensions(['localhost', '127.0.0.1']),
    });
    const options = {
      cert: certificate,
      key,
      ca: pki.deviceCa.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    };
    this.server = createServer(options, (request, response) => void this.serve(request, response));
  }

  get ca(): string {
    return this.authority.certificate;
  }

  get url(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}/mdm`;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.apns?.destroy();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  }

  /** Queues a command; returns its CommandUUID. */
  enqueue(udid: string, command: PlistInput, uuid = `command-${(this.numbers += 1)}`): string {
    this.queues.set(udid, [...(this.queues.get(udid) ?? []), { uuid, command }]);
    return uuid;
  }

  /** Empties a device's queue. */
  withdraw(udid: string): void {
    this.queues.delete(udid);
  }

  /** Answers for one CommandUUID so far, NotNow among them. */
  answers(uuid: string): Received[] {
    return this.received.filter((one) => one.uuid === uuid);
  }

  of(udid: string, what: string): Received[] {
    return this.received.filter((one) => one.udid === udid && one.what === what);
  }

  /** Wakes a device through the fake APNs. `expiration` as APNs wants it. Returns APNs' status. */
  wake(apnsUrl: string, udid: string, expiration = 0): Promise<number> {
    const address = this.push.get(udid)!;
    const { certificate: cert, key } = this.pki.push;
    this.apns ??= connect(apnsUrl, { ca: this.pki.apnsCa, cert, key });
    const stream = this.apns.request({
      ':method': 'POST',
      ':path': `/3/device/${address.token}`,
      'apns-topic': this.pki.topic,
      'apns-push-type': 'mdm',
      'apns-expiration': String(expiration),
    });
    return new Promise((resolve, reject) => {
      stream.on('response', (headers) => resolve(Number(headers[':status'])));
      stream.on('error', reject);
      stream.resume();
      stream.end(JSON.stringify({ mdm: address.magic }));
    });
  }

  private identify(request: IncomingMessage, body: Buffer): { commonName: string; identity: Received['identity'] } {
    const header = request.headers['mdm-signature'];
    if (typeof header === 'string') {
      const { subject } = verifyMdmSignature(header, body, { anchors: this.anchors, now: Date.now() });
      return { commonName: subject, identity: 'signature' };
    }
    const socket = request.socket as TLSSocket;
    if (!socket.authorized) throw new Error('neither a signature nor a client certificate');
    return { commonName: socket.getPeerX509Certificate()!.subject, identity: 'certificate' };
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // the device hung up
    }
    const bytes = Buffer.concat(chunks);
    const body = parsePlist(bytes);
    if (!isDict(body)) throw new Error('no dict');
    const { commonName, identity } = this.identify(request, bytes);
    const message = {
      udid: String(body['UDID']),
      channel: [body['UDID'], body['UserID']].filter((one) => one !== undefined).join(':'),
      what: String(body['MessageType'] ?? body['Status']),
      uuid: String(body['CommandUUID'] ?? ''),
      body,
      identity,
    };
    if (commonName !== `CN=${message.udid}`) throw new Error(`${commonName} speaks as ${message.udid}`);
    const reply = this.refuse(message) ?? this.synced(message) ?? { status: 200, body: this.replyTo(message) };
    this.received.push({ ...message, status: reply.status });
    response.writeHead(reply.status);
    response.end(reply.body);
  }

  private synced({ channel, what, body }: Omit<Received, 'status'>): { status: number; body: string } | undefined {
    if (what !== 'DeclarativeManagement') return undefined;
    return this.ddm.answer(channel, String(body['Endpoint']), body['Data'] as Buffer | undefined);
  }

  private replyTo({ channel, what, uuid, body }: Omit<Received, 'status'>): string {
    if (what === 'TokenUpdate') {
      this.push.set(channel, { token: (body['Token'] as Buffer).toString('hex'), magic: String(body['PushMagic']) });
    }
    if (body['MessageType'] !== undefined) return '';
    const queue = this.queues.get(channel) ?? [];
    const open = what === 'NotNow' ? queue : queue.filter((one) => one.uuid !== uuid);
    this.queues.set(channel, open);
    const next = what === 'NotNow' ? open.find((one) => this.afterNotNow && one.uuid !== uuid) : open[0];
    return next ? buildPlist({ CommandUUID: next.uuid, Command: next.command }) : '';
  }
}
