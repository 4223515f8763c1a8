import type { Source, SourceKind } from '@lamplighter/contracts';
import type { WebhookKey } from './webhooks.ts';

export interface NewSource extends WebhookKey {
  kind: SourceKind;
  url: string;
  unauthenticated: boolean;
  sealedApiKey: Buffer;
  /** Undefined: what is there stays. */
  sealedWebhookKey: Buffer | null | undefined;
  concurrency: number;
  timeoutSeconds: number;
  enabled: boolean;
}

/** What decides whether an event of a source is taken. */
export interface SourceDoor extends WebhookKey {
  /** Null: its events are not signed. */
  sealedWebhookKey: Buffer | null;
  sealedApiKey: Buffer;
  unauthenticated: boolean;
  enabled: boolean;
}

/** MDM servers beside this one. */
export abstract class SourceStore {
  /** Creates or replaces. */
  abstract put(source: NewSource, at: Date): Promise<void>;
  /** By name. */
  abstract list(tenant: string): Promise<Source[]>;
  abstract find(key: WebhookKey): Promise<Source | undefined>;
  abstract door(key: WebhookKey): Promise<SourceDoor | undefined>;
  /** False where there was none. */
  abstract remove(key: WebhookKey): Promise<boolean>;
}

/** Counts what sources send; it may be lost. */
export abstract class SourceTally {
  abstract note(key: WebhookKey, what: 'taken' | 'foreign' | 'refused', at: Date): void;
  abstract read(key: WebhookKey): Promise<Source['events']>;
  abstract forget(key: WebhookKey): Promise<void>;
}
