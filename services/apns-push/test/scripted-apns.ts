import { createSecureServer } from 'node:http2';
import type { Http2SecureServer, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Holder } from './push-pki.ts';

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  session: ServerHttp2Session;
  stream: ServerHttp2Stream;
  /** Sends the answer; `body` as JSON. */
  answer(status: number, body?: object): void;
}

/** A real HTTP/2 TLS server whose answers the test decides. */
export class ScriptedApns {
  readonly received: Received[] = [];
  readonly sessions: ServerHttp2Session[] = [];
  /** Most streams that were open at once. */
  mostOpen = 0;
  /** What happens to each push; answers 200 at once by default. */
  script: (push: Received, count: number) => void = (push) => push.answer(200);
  onSession: (session: ServerHttp2Session) => void = () => {};
  private open = 0;
  private readonly server: Http2SecureServer;

  constructor(holder: Holder, ca: Holder, maxConcurrentStreams = 100) {
    this.server = createSecureServer({
      cert: holder.pem,
      key: holder.keyPem,
      ca: ca.pem,
      requestCert: true,
      rejectUnauthorized: true,
      settings: { maxConcurrentStreams },
    });
    this.server.on('session', (session) => {
      this.sessions.push(session);
      session.on('error', () => {});
      this.onSession(session);
    });
    this.server.on('stream', (stream, headers) => this.serve(stream, headers));
    this.server.on('sessionError', () => {});
    this.server.on('tlsClientError', () => {});
  }

  /** Answers nothing before so many streams are open at once: how far a sender goes is not a matter of who is faster. */
  answerOnceOpen(count: number): void {
    const held: Received[] = [];
    this.mostOpen = 0;
    this.script = (push) => {
      held.push(push);
      // A while later, in which it may not go further.
      if (this.mostOpen >= count) setTimeout(() => held.splice(0).forEach((one) => one.answer(200)), 20);
    };
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `https://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const session of this.sessions) session.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    this.open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    stream.on('close', () => (this.open -= 1));
    stream.on('error', () => {});
    let body = '';
    stream.on('data', (chunk: Buffer) => (body += chunk.toString()));
    stream.on('end', () => {
      const push: Received = {
        headers,
        body,
        stream,
        session: stream.session as ServerHttp2Session,
        answer: (status, json) => {
          if (stream.destroyed) return;
          stream.respond({ ':status': status });
          stream.end(json === undefined ? undefined : JSON.stringify(json));
        },
      };
      this.received.push(push);
      this.script(push, this.received.length);
    });
  }
}
