import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Http2Client } from '../src/out/http2/client.ts';
import { Exchange } from '../src/out/http2/exchange.ts';

export interface Told {
  status: number;
  body: string;
  retryAfter: string | undefined;
  /** Nothing was done with it: it may be sent again. */
  isUntouched: boolean;
}

class Asked extends Exchange {
  tell!: (told: Told) => void;
  timesTold = 0;
}

/** The client on a plain TCP connection, asking one question after another as there is room. */
export class Asker {
  readonly goodbyes: { code: number; data: string }[] = [];
  pongs = 0;
  /** Most that were asked at once. */
  mostOpen = 0;
  error: Error | undefined;
  /** Resolves once the connection is closed. */
  readonly closed: Promise<void>;
  readonly client: Http2Client<Asked>;
  readonly socket: Socket;
  private readonly waiting: { send: () => void; fail: (error: Error) => void }[] = [];

  constructor(port: number, firstStreamId?: number) {
    this.socket = connect(port, '127.0.0.1');
    this.client = new Http2Client<Asked>({
      socket: this.socket,
      fields: [
        { name: ':method', value: 'POST' },
        { name: ':scheme', value: 'http' },
        { name: ':authority', value: 'push.example' },
        { name: ':path', isSecret: true },
        { name: 'apns-topic', value: 'com.apple.mgmt.External.x' },
        { name: 'apns-id' },
      ],
      listener: {
        ended: (asked, isUntouched) => tell(asked, isUntouched),
        goneAway: (code, data) => this.goodbyes.push({ code, data }),
        heard: () => this.goOn(),
        pong: () => (this.pongs += 1),
      },
      ...(firstStreamId === undefined ? {} : { firstStreamId }),
    });
    this.socket.on('data', (chunk) => this.client.receive(chunk));
    this.socket.on('drain', () => this.goOn());
    this.socket.on('error', (error) => (this.error = error));
    this.closed = new Promise((resolve) => {
      this.socket.on('close', () => {
        this.client.endAll();
        for (const { fail } of this.waiting.splice(0)) fail(this.error ?? new Error('the connection is closed'));
        resolve();
      });
    });
  }

  /** Settles once, as the exchange ends; waits for room before it is sent, and fails where none comes any more. */
  ask(path: string, id = 'id', body = ''): Promise<Told> {
    return new Promise((resolve, fail) => {
      const send = (): void => {
        const asked = new Asked();
        asked.tell = resolve;
        this.client.send(asked, [path, id], body);
      };
      this.waiting.push({ send, fail });
      this.goOn();
    });
  }

  private goOn(): void {
    while (this.client.room > 0 && this.waiting.length > 0) this.waiting.shift()!.send();
    this.mostOpen = Math.max(this.mostOpen, this.client.inFlight);
  }
}

function tell(asked: Asked, isUntouched: boolean): void {
  asked.timesTold += 1;
  if (asked.timesTold > 1) throw new Error('told twice');
  const { status, body, retryAfter } = asked;
  asked.tell({ status, body, retryAfter, isUntouched });
}
