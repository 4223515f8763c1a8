import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  event_id: string;
  topic: string;
  acknowledge_event?: { udid: string; status: string; command_uuid: string; raw_payload: string; ids: object };
  checkin_event?: { udid: string; raw_payload: string; token_update_tally?: number };
}

type Answer = number | 'hang' | ((event: Received) => number);

/** A receiver of webhooks, over a real socket: it answers as it is told, and can die and come back on its port. */
export class WebhookTarget {
  answer: Answer = 200;
  /** What was answered with 200, in order. */
  readonly taken: Received[] = [];
  readonly signatures: (string | undefined)[] = [];
  readonly bodies: string[] = [];
  /** Requests, whatever became of them. */
  asked = 0;
  private server: Server | undefined;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook?token=1`;
  }

  async start(): Promise<this> {
    const server = createServer((request, response) => void this.serve(request, response));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
    return this;
  }

  async stop(): Promise<void> {
    const server = this.server;
    if (!server) return;
    this.server = undefined;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }

  isSigned(index: number, secret: string): boolean {
    const expected = createHmac('sha256', secret).update(this.bodies[index]!).digest('base64');
    return this.signatures[index] === expected;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    this.asked += 1;
    if (this.answer === 'hang') return;
    const event = JSON.parse(body) as Received;
    const status = typeof this.answer === 'number' ? this.answer : this.answer(event);
    if (status >= 200 && status < 300) {
      this.taken.push(event);
      this.bodies.push(body);
      this.signatures.push(request.headers['x-hmac-signature'] as string | undefined);
    }
    response.writeHead(status, { location: '/elsewhere' }).end();
  }
}
