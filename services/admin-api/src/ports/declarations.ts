import type { DeviceDeclarations } from '../domain/device-declarations.ts';
import type { ReportedDeclaration, StoredReport } from '../domain/kmfddm.ts';

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
  /** Undefined where nothing was ever assigned to it, and it never synced or reported here. */
  abstract ofDevice(tenant: string, deviceId: string): Promise<DeviceDeclarations | undefined>;
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
