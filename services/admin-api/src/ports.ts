import type { ReportedDeclaration, StoredReport } from './domain/kmfddm.ts';
import type {
  AnswerPayload,
  CommandPage,
  DeadLetter,
  DeadLetterDetail,
  DeadLetterFilter,
  DeadLetterPage,
  Device,
  DevicePage,
  FleetSummary,
  GroupView,
  HandOvers,
  PushCertificates,
  RedrivenMany,
  Policy,
  Rollout,
  RolloutDevicePage,
  RolloutReasons,
  RolloutSummary,
  Source,
  SourceKind,
  UpdateState,
  Webhook,
  WebhookDelivery,
  WebhookDeliveryPage,
} from '@lamplighter/contracts';
import type { z } from 'zod';
import type { Caller } from './domain/caller.ts';
import type { Known } from './domain/why/known.ts';
import type { KnownEnrollment, WebhookEvent } from './domain/webhook-event.ts';

export type { Caller } from './domain/caller.ts';

export interface AuditEntry {
  caller: Caller;
  at: Date;
  action: string;
  subject: string;
  detail: object;
}

export abstract class AuditLog {
  abstract add(entry: AuditEntry): Promise<void>;
}

/** Everything below reads other services' published views, within one tenant. */
export abstract class PolicyViews {
  abstract list(tenant: string): Promise<Policy[]>;
  abstract find(tenant: string, policyId: string): Promise<Policy | undefined>;
}

export abstract class GroupReader {
  /** By name. */
  abstract list(tenant: string): Promise<GroupView[]>;
  abstract find(tenant: string, name: string): Promise<GroupView | undefined>;
}

/** What the views know of a device, for the question why it has not updated. */
export type Seen = Pick<Known, 'device' | 'enrollment' | 'updates' | 'lastPush' | 'reports'>;

export abstract class WhyViews {
  /** By device id, or by serial number in any case. */
  abstract seen(tenant: string, idOrSerial: string): Promise<Seen | undefined>;
  /** Reads all devices of the rollout. Undefined for one that is not known. */
  abstract reasons(tenant: string, rolloutId: string, now: Date): Promise<RolloutReasons | undefined>;
}

export interface RolloutDeviceQuery {
  state?: z.infer<typeof UpdateState> | undefined;
  cursor: string;
  limit: number;
}

export abstract class RolloutViews {
  /** Newest first. */
  abstract list(tenant: string, policyId: string | undefined, now: Date): Promise<RolloutSummary[]>;
  abstract find(tenant: string, rolloutId: string, now: Date): Promise<Rollout | undefined>;
  /** Of an unknown rollout: none. */
  abstract handOvers(tenant: string, rolloutId: string): Promise<HandOvers>;
  abstract devices(
    tenant: string,
    rolloutId: string,
    query: RolloutDeviceQuery,
  ): Promise<z.infer<typeof RolloutDevicePage>>;
}

export abstract class DeviceViews {
  abstract list(
    tenant: string,
    query: { search?: string | undefined; cursor: string; limit: number },
  ): Promise<DevicePage>;
  /** With everything that is known to have happened to it. */
  abstract find(tenant: string, deviceId: string): Promise<Device | undefined>;
  abstract summary(tenant: string, now: Date): Promise<FleetSummary>;
}

/** Identifiers and names in order; of what there is not: none. */
export abstract class DeclarationViews {
  abstract identifiers(tenant: string): Promise<string[]>;
  /** As devices get it. */
  abstract document(tenant: string, identifier: string): Promise<string | undefined>;
  abstract sets(tenant: string): Promise<string[]>;
  abstract identifiersOfSet(tenant: string, name: string): Promise<string[]>;
  abstract setsOfDeclaration(tenant: string, identifier: string): Promise<string[]>;
  /** By hand and of its groups. */
  abstract setsOfDevice(tenant: string, deviceId: string): Promise<string[]>;
  abstract setsOfGroup(tenant: string, group: string): Promise<string[]>;
  abstract statuses(tenant: string, deviceIds: readonly string[]): Promise<ReportedDeclaration[]>;
  /** Of each device its newest full report and all that came after it, oldest first; without a full one, what is kept, at most 200. */
  abstract currentReports(tenant: string, deviceIds: readonly string[]): Promise<StoredReport[]>;
  /** The newest but `index`, or that of an id. */
  abstract report(
    tenant: string,
    deviceId: string,
    which: { index: number } | { reportId: string },
  ): Promise<(StoredReport & { index: number }) | undefined>;
}

export abstract class CatalogViews {
  abstract pushCertificates(tenant: string): Promise<z.infer<typeof PushCertificates>>;
}

export interface CommandQuery {
  state: 'pending' | 'finished' | 'all';
  /** Only what was queued before this one. */
  before: { createdAt: Date; commandId: string } | undefined;
  limit: number;
}

export abstract class CommandViews {
  /** A device's commands, newest first; each that waits with the reason. Undefined for a device that is not known. */
  abstract list(tenant: string, deviceId: string, query: CommandQuery, now: Date): Promise<CommandPage | undefined>;
}

/** What services could not handle, within one tenant. */
export abstract class DeadLetters {
  /** Newest first; `cursor` is a page's `next`, or empty. */
  abstract page(tenant: string, query: DeadLetterFilter & { cursor: string; limit: number }): Promise<DeadLetterPage>;
  abstract find(tenant: string, sequence: number): Promise<DeadLetterDetail | undefined>;
  /** Gives the message back to the service that failed, and removes the letter. Undefined where there is none. */
  abstract redrive(tenant: string, sequence: number): Promise<DeadLetter | undefined>;
  /** The oldest that match, up to 500. */
  abstract redriveMany(tenant: string, query: DeadLetterFilter & { upTo?: number | undefined }): Promise<RedrivenMany>;
  /** False where there was none. */
  abstract discard(tenant: string, sequence: number): Promise<boolean>;
}

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

export abstract class EnrollmentViews {
  /** By device id; devices that never enrolled here are absent. */
  abstract kinds(tenant: string, deviceIds: readonly string[]): Promise<Map<string, KnownEnrollment>>;
}

export abstract class AnswerReader {
  /** Undefined where the answer is no longer kept, or damaged. */
  abstract read(payload: AnswerPayload): Promise<Buffer | undefined>;
}

export abstract class WebhookTarget {
  /** The HTTP status. Throws where there was none in time: no connection, no answer. Follows no redirect. */
  abstract post(url: string, body: string, headers: Record<string, string>): Promise<number>;
}

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

export abstract class AnswerPacker {
  /** A device's message in a form that fits into a message of the broker. Throws where a large one cannot be stored. */
  abstract pack(xml: Buffer): Promise<AnswerPayload>;
}
