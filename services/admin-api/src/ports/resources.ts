import type {
  Finding,
  FindingKind,
  FindingPage,
  GroupView,
  Policy,
  Resource,
  ResourceKind,
  SpecVersion,
  TenantState,
  WindowView,
} from '@lamplighter/contracts';

export interface FindingQuery {
  kind?: FindingKind | undefined;
  cursor: string;
  limit: number;
}

/** What the watchdog has found out. */
export abstract class FindingViews {
  /** Open ones, by device id. */
  abstract page(tenant: string, query: FindingQuery): Promise<FindingPage>;
  /** Open ones first, then those that cleared lately; empty for a device that is not known. */
  abstract ofDevice(tenant: string, deviceId: string): Promise<Finding[]>;
}

/** Groups, windows and policies as files hold them, with their versions. */
export abstract class ResourceViews {
  /** By name; those of that name alone where it is given. */
  abstract windows(tenant: string, name?: string): Promise<WindowView[]>;
  /** Newest first; empty for what never was. */
  abstract versions(tenant: string, kind: ResourceKind, id: string): Promise<SpecVersion[]>;
  /** Groups, then windows, then policies. */
  abstract export(tenant: string): Promise<Resource[]>;
  abstract tenant(tenant: string): Promise<TenantState>;
}

/** Policies as files hold them. */
export abstract class PolicyViews {
  abstract list(tenant: string): Promise<Policy[]>;
  abstract find(tenant: string, policyId: string): Promise<Policy | undefined>;
}

export abstract class GroupReader {
  /** By name. */
  abstract list(tenant: string): Promise<GroupView[]>;
  abstract find(tenant: string, name: string): Promise<GroupView | undefined>;
}
