import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { AppError } from '@lamplighter/contracts';
import { CONFIG, Shutdown } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { WebhookTarget } from '../ports.ts';

/** What a target says beside its status is of no use, and may be without end. */
const MOST_ANSWER_BYTES = 64 * 1024;

/** Node's own client: it follows no redirect, and keeps connections open between events. */
@Injectable()
export class HttpWebhookTarget extends WebhookTarget {
  private readonly http = new HttpAgent({ keepAlive: true });
  private readonly https = new HttpsAgent({ keepAlive: true });
  private readonly timeoutMs: number;

  constructor(@Inject(CONFIG) config: Config, shutdown: Shutdown) {
    super();
    this.timeoutMs = config.LAMP_WEBHOOK_TIMEOUT_SECONDS * 1000;
    shutdown.last(async () => {
      this.http.destroy();
      this.https.destroy();
    });
  }

  override async post(url: string, body: string, headers: Record<string, string>): Promise<number> {
    const signal = AbortSignal.timeout(this.timeoutMs);
    for (let again = true; ; again = false) {
      const request = this.open(new URL(url), headers, signal);
      try {
        return await statusOf(request, body);
      } catch (error) {
        // A connection that the target had closed while it lay idle says nothing of the target.
        const wasIdle = request.reusedSocket && (error as { code?: string }).code === 'ECONNRESET';
        if (again && wasIdle) continue;
        if (signal.aborted) throw new AppError('webhook.timeout', `no answer within ${this.timeoutMs} ms`);
        throw error;
      }
    }
  }

  private open(url: URL, headers: Record<string, string>, signal: AbortSignal): ClientRequest {
    const all = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'lamplighter', ...headers };
    const options = { method: 'POST', headers: all, signal };
    return url.protocol === 'https:'
      ? httpsRequest(url, { ...options, agent: this.https })
      : httpRequest(url, { ...options, agent: this.http });
  }
}

function statusOf(request: ClientRequest, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response: IncomingMessage) => {
      let bytes = 0;
      const done = () => resolve(response.statusCode ?? 0);
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MOST_ANSWER_BYTES) response.destroy();
      });
      response.on('error', reject);
      response.on('close', done);
      response.on('end', done);
    });
    request.end(body);
  });
}
