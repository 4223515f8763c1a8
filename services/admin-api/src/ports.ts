import type {
  Catalog,
  Device,
  DevicePage,
  FleetSummary,
  HandOvers,
  PushCertificates,
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
