import type { Tx } from '@lamplighter/runtime';

export interface SettingsOf {
  tenant: string;
  policyId: string;
  rolloutId: string;
  /** Of the occurrence that is planned. */
  zone: string;
  defaultZone: string;
  /** Device ids above this, at most so many. */
  after: string;
  limit: number;
  /** Of the configuration that these devices are to have; undefined: the policy has no settings. */
  identifier: string | undefined;
}

/** Which devices have the settings of their policy. */
export abstract class SettingsStore {
  /** Whether the policy has settings that some device may have: cheap, for the many that never had any. */
  abstract hasAny(tx: Tx, tenant: string, policyId: string): Promise<boolean>;
  /** Devices of the policy that take settings by declaration and do not have these, by device id; empty where it has none. */
  abstract without(tx: Tx, of: SettingsOf): Promise<string[]>;
  /**
   * Devices of the zone that have settings of this policy, and are not in its plan, which is complete, or it has none; by device id,
   * each with the instant of the order that gave them.
   */
  abstract beyond(tx: Tx, of: SettingsOf): Promise<SettledDevice[]>;
  /** Policies that were removed since, and have settings that some device may have. */
  abstract removed(since: Date): Promise<RemovedPolicy[]>;
}

export interface RemovedPolicy {
  tenant: string;
  policyId: string;
}

export interface SettledDevice {
  deviceId: string;
  sentAt: Date;
}
