import type { AgentFacts } from '@lamplighter/contracts';

export interface AgentReport {
  at: Date;
  facts: AgentFacts;
}

export abstract class AgentViews {
  /** Those of these devices that the tenant knows. */
  abstract known(tenant: string, deviceIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** The newest report of its agent; undefined where there was none. */
  abstract lastOf(tenant: string, deviceId: string): Promise<AgentReport | undefined>;
}
