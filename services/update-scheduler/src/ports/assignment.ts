import type { DeviceSummary, GroupSpec, PolicySpec } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { FactsOfDevice } from '../domain/member.ts';
import type { Ranked } from '../domain/precedence.ts';
import type { KeyedWindow } from '../domain/window.ts';

export interface HeldPolicy extends Ranked {
  spec: PolicySpec;
  version: number;
  paused: boolean;
}

/** What decides which policy has which device. */
export abstract class AssignmentStore {
  /** All groups of the tenant by name. Nobody removes one until the transaction ends. */
  abstract groups(tx: Tx, tenant: string): Promise<ReadonlyMap<string, GroupSpec>>;
  /** All policies of the tenant that are not archived; paused ones hold their devices too. */
  abstract policies(tx: Tx, tenant: string): Promise<HeldPolicy[]>;
  /** Undefined for a device that is not known. */
  abstract facts(tenant: string, deviceId: string): Promise<(FactsOfDevice & { enrolled: boolean }) | undefined>;
  /** Enrolled devices, and those of them that the group takes in. */
  abstract count(tenant: string, spec: GroupSpec, now: Date): Promise<{ devices: number; enrolled: number }>;
  /** Enrolled members after the cursor, by device id. */
  abstract members(
    tenant: string,
    spec: GroupSpec,
    page: { now: Date; cursor: string; limit: number },
  ): Promise<DeviceSummary[]>;
}

/** A policy with all that decides what it would do now. */
export interface OutlookTerms {
  tenant: string;
  policyId: string;
  policyName: string;
  policyVersion: number;
  /** Of the running rollout, where there is one; named windows are written out. */
  spec: PolicySpec;
  windows: readonly KeyedWindow[];
  paused: boolean;
  tenantPaused: boolean;
  /** Null before its first window has opened. */
  rolloutId: string | null;
  rolloutState: string | null;
  emergency: boolean;
}

export interface JudgedDevice {
  /** Null where it takes part. */
  reason: string | null;
  target: { version: string; build: string } | null;
  ring: { name: string; state: string; opensOn: string | null } | null;
  deadlineAt: Date | null;
}

/** What a plan would say, without planning. `localDate` is the day of the window, on which rings depend. */
export abstract class OutlookStore {
  /** Undefined where there is no such policy, or it is archived. */
  abstract terms(tenant: string, policyId: string): Promise<OutlookTerms | undefined>;
  /** Undefined where the policy does not take the device in, or it has left. */
  abstract judge(
    terms: OutlookTerms,
    localDate: string,
    now: Date,
    deviceId: string,
  ): Promise<JudgedDevice | undefined>;
  /** All devices that the policy takes in, by the zone that they have reported (null: none) and reason (null: they take part). */
  abstract count(
    terms: OutlookTerms,
    localDate: string,
    now: Date,
  ): Promise<{ zone: string | null; reason: string | null; devices: number }[]>;
}
