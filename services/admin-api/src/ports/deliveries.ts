import type { WebhookDelivery, WebhookDeliveryPage } from '@lamplighter/contracts';
import type { WebhookEvent } from '../domain/webhook-event.ts';
import type { WebhookKey } from './webhooks.ts';

export interface ClaimedDelivery {
  event: WebhookEvent;
  /** This one included. */
  attempts: number;
}

export interface Attempt extends ClaimedDelivery {
  /** `untried`: given back as if it had not been claimed. */
  outcome: 'delivered' | 'failed' | 'untried';
  /** Of a failed one: the next attempt, or undefined where there is to be none. */
  retryMs?: number | undefined;
  status?: number | undefined;
  error?: string | undefined;
}

export interface DeliveryQuery {
  state?: 'waiting' | 'failed' | undefined;
  cursor: string;
  limit: number;
}

/** Events on their way to webhooks. */
export abstract class DeliveryStore {
  /** Each is tried until `expiresMs` have passed. What is there already, and what is for a webhook that is gone, changes nothing. */
  abstract add(key: WebhookKey, events: readonly WebhookEvent[], expiresMs: number): Promise<void>;
  /** The oldest that are due; nobody else gets them for `leaseMs`. */
  abstract claim(key: WebhookKey, limit: number, leaseMs: number): Promise<ClaimedDelivery[]>;
  /** Delivered ones go. An attempt that outlived its lease changes nothing else. */
  abstract settle(key: WebhookKey, attempts: readonly Attempt[]): Promise<void>;
  /** Gives up what has expired, and forgets what was given up `keptMs` ago. */
  abstract sweep(keptMs: number): Promise<void>;
  /** Oldest first. */
  abstract page(key: WebhookKey, query: DeliveryQuery): Promise<WebhookDeliveryPage>;
  abstract find(
    key: WebhookKey,
    eventId: string,
  ): Promise<{ delivery: WebhookDelivery; event: WebhookEvent } | undefined>;
  /** Begins anew, at once, with the failed ones, or with the one of that id in any state. Returns how many. */
  abstract retry(key: WebhookKey, expiresMs: number, eventId?: string): Promise<number>;
  abstract discard(key: WebhookKey, eventId: string): Promise<boolean>;
}
