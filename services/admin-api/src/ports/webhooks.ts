import type { Webhook } from '@lamplighter/contracts';

/** A webhook that is to be told, with what its deliveries need. */
export interface ActiveWebhook {
  tenant: string;
  name: string;
  url: string;
  topics: readonly string[];
  sealedSecret: Buffer | null;
  /** Events from then on are for it. */
  since: Date;
  /** A moment before that, by the database's clock. */
  listenFrom: Date;
}
export type WebhookKey = Pick<ActiveWebhook, 'tenant' | 'name'>;

export interface NewWebhook extends WebhookKey {
  url: string;
  topics: readonly string[];
  enabled: boolean;
  /** Undefined: what is there stays. */
  sealedSecret: Buffer | null | undefined;
}

export abstract class WebhookStore {
  /** Creates or replaces. */
  abstract put(webhook: NewWebhook, at: Date): Promise<void>;
  /** By name, with how its deliveries stand. */
  abstract list(tenant: string): Promise<Webhook[]>;
  abstract find(key: WebhookKey): Promise<Webhook | undefined>;
  /** With its deliveries. False where there was none. */
  abstract remove(key: WebhookKey): Promise<boolean>;
  /** The enabled ones of all tenants. */
  abstract active(): Promise<ActiveWebhook[]>;
  /** Deliveries that it holds, counted up to `most`. */
  abstract backlog(key: WebhookKey, most: number): Promise<number>;
  abstract noteDropped(key: WebhookKey, events: number): Promise<void>;
}

export abstract class WebhookTarget {
  /** The HTTP status. Throws where there was none in time: no connection, no answer. Follows no redirect. */
  abstract post(url: string, body: string, headers: Record<string, string>): Promise<number>;
}
