import { AppError } from '@lamplighter/contracts';
import { backoffMs, CONFIG, Log, Sealer } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { EVENT_RETRY, statusText, TARGET_PAUSE, type Verdict, verdictOf } from '../domain/delivery-terms.ts';
import { signatureOf } from '../domain/hmac-signature.ts';
import { webhookBody, webhookContext } from '../domain/webhook-event.ts';
import type { ActiveWebhook } from '../ports/webhooks.ts';
import { AnswerReader } from '../ports/answers.ts';
import type { Attempt, ClaimedDelivery } from '../ports/deliveries.ts';
import { DeliveryStore } from '../ports/deliveries.ts';
import { WebhookTarget } from '../ports/webhooks.ts';

/** Claimed at a time, for each connection. */
const PER_CONNECTION = 8;
/** A claim holds for this many time-outs: what is not begun in time is given back before. */
const LEASE_TIMEOUTS = 6;

interface Trouble {
  failures: number;
  until: number;
}

interface Said {
  verdict: Verdict;
  status?: number | undefined;
  error?: string | undefined;
}

/** Sends a webhook what is due for it: a device's events one after another, several devices at a time. */
@Injectable()
export class DeliverEvents {
  /** Targets that failed last, by webhook: each process finds out for itself. */
  private readonly troubles = new Map<string, Trouble>();

  constructor(
    private readonly deliveries: DeliveryStore,
    private readonly answers: AnswerReader,
    private readonly target: WebhookTarget,
    private readonly sealer: Sealer,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** One round. True when there may be more to do at once. */
  async run(webhook: ActiveWebhook): Promise<boolean> {
    const key = `${webhook.tenant}/${webhook.name}`;
    const trouble = this.troubles.get(key);
    if (trouble && Date.now() < trouble.until) return false;
    const timeoutMs = this.config.LAMP_WEBHOOK_TIMEOUT_SECONDS * 1000;
    // A target in trouble gets one event to try it with: the others keep their attempts.
    const limit = trouble ? 1 : this.config.LAMP_WEBHOOK_CONNECTIONS * PER_CONNECTION;
    const claimed = await this.deliveries.claim(webhook, limit, timeoutMs * LEASE_TIMEOUTS);
    if (claimed.length === 0) return false;
    const { attempts, failed } = await this.sendAll(webhook, claimed, Date.now() + timeoutMs * (LEASE_TIMEOUTS - 2));
    await this.deliveries.settle(webhook, attempts);
    if (failed === undefined) this.troubles.delete(key);
    else this.pause(webhook, (trouble?.failures ?? 0) + 1, failed);
    return failed === undefined;
  }

  private pause(webhook: ActiveWebhook, failures: number, error: string): void {
    const ms = backoffMs(failures, TARGET_PAUSE);
    this.troubles.set(`${webhook.tenant}/${webhook.name}`, { failures, until: Date.now() + ms });
    const keys = { tenant: webhook.tenant, webhook: webhook.name, failures, ms, reason: error };
    this.log.warn(keys, 'a webhook target failed; what is for it waits');
  }

  /** Nothing is begun once the target has failed, or after `deadline`. */
  private async sendAll(webhook: ActiveWebhook, claimed: readonly ClaimedDelivery[], deadline: number) {
    const attempts: Attempt[] = [];
    let failed: string | undefined;
    const chains = [...Map.groupBy(claimed, laneOf).values()];
    const work = async (): Promise<void> => {
      for (let chain = chains.shift(); chain; chain = chains.shift()) {
        for (const each of chain) {
          if (failed !== undefined || Date.now() > deadline) {
            attempts.push({ ...each, outcome: 'untried' });
            continue;
          }
          const said = await this.send(webhook, each);
          if (said.verdict === 'target-failed') failed = said.error;
          attempts.push(this.attemptOf(each, said));
        }
      }
    };
    await Promise.all(Array.from({ length: this.config.LAMP_WEBHOOK_CONNECTIONS }, work));
    return { attempts, failed };
  }

  private attemptOf(each: ClaimedDelivery, { verdict, status, error }: Said): Attempt {
    if (verdict === 'delivered') return { ...each, outcome: 'delivered' };
    const isLast = each.attempts >= this.config.LAMP_WEBHOOK_ATTEMPTS;
    const next = isLast ? undefined : backoffMs(each.attempts, EVENT_RETRY);
    return { ...each, outcome: 'failed', retryMs: next, status, error };
  }

  private async send(webhook: ActiveWebhook, { event }: ClaimedDelivery): Promise<Said> {
    try {
      const raw = await this.answers.read(event.payload);
      if (raw === undefined) return { verdict: 'event-refused', error: "the device's answer is no longer kept" };
      const body = webhookBody(event, raw);
      const status = await this.target.post(webhook.url, body, this.signed(webhook, body));
      const verdict = verdictOf(status);
      return { verdict, status, error: verdict === 'delivered' ? undefined : statusText(status) };
    } catch (error) {
      return { verdict: 'target-failed', error: (error as Error).message.slice(0, 500) };
    }
  }

  /** Throws AppError where the secret does not open. */
  private signed(webhook: ActiveWebhook, body: string): Record<string, string> {
    if (webhook.sealedSecret === null) return {};
    try {
      return { 'X-Hmac-Signature': signatureOf(body, this.sealer.open(webhook.sealedSecret, webhookContext(webhook))) };
    } catch (cause) {
      throw new AppError('webhook.secret', `its secret cannot be opened: ${(cause as Error).message}`, { cause });
    }
  }
}

/** A device's events go in their order. Large answers go one after another: each is many times its size in memory. */
function laneOf({ event }: ClaimedDelivery): string {
  return 'ref' in event.payload ? '' : event.deviceId;
}
