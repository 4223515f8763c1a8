import type {
  Catalog,
  CommandPage,
  DeadLetter,
  DeadLetterDetail,
  DeadLetterFilter,
  DeadLetterPage,
  Device,
  DevicePage,
  FleetSummary,
  HandOvers,
  PushCertificates,
  RedrivenMany,
  Policy,
  Rollout,
  RolloutDevicePage,
  RolloutSummary,
  UpdateState,
} from '@lamplighter/contracts';
import type { z } from 'zod';

/** Who calls: what a bearer token stands for. */
export interface Caller {
  tenant: string;
  name: string;
}

export abstract class TokenStore {
  /** Undefined when no live token has this hash. */
  abstract find(tokenHash: string): Promise<Caller | undefined>;
  /** Makes the token known; a repeat changes nothing. */
  abstract ensure(tokenHash: string, caller: Caller, at: Date): Promise<void>;
}

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

export interface RolloutDeviceQuery {
  state?: z.infer<typeof UpdateState> | undefined;
  cursor: string;
  limit: number;
}

export abstract class RolloutViews {
  /** Newest first. */
  abstract list(tenant: string, policyId?: string): Promise<RolloutSummary[]>;
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

export abstract class CatalogViews {
  abstract releases(): Promise<Catalog>;
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
