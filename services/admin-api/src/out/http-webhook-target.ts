import { AppError } from '@lamplighter/contracts';
import { CONFIG, Outbound, Shutdown } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { WebhookTarget } from '../ports/webhooks.ts';

/** What a target says beside its status is of no use, and may be without end. */
const MOST_ANSWER_BYTES = 64 * 1024;

@Injectable()
export class HttpWebhookTarget extends WebhookTarget {
  private readonly outbound: Outbound;
  private readonly timeoutMs: number;

  constructor(@Inject(CONFIG) config: Config, shutdown: Shutdown) {
    super();
    this.outbound = new Outbound(config.LAMP_OUTBOUND, shutdown);
    this.timeoutMs = config.LAMP_WEBHOOK_TIMEOUT_SECONDS * 1000;
  }

  override async post(url: string, body: string, headers: Record<string, string>): Promise<number> {
    const { timeoutMs } = this;
    const all = { 'content-type': 'application/json; charset=utf-8', ...headers };
    try {
      const call = { method: 'POST', url, headers: all, body, timeoutMs, mostBytes: MOST_ANSWER_BYTES };
      return (await this.outbound.send(call)).status;
    } catch (error) {
      if ((error as Error).name !== 'TimeoutError') throw error;
      throw new AppError('webhook.timeout', `no answer within ${timeoutMs} ms`);
    }
  }
}
