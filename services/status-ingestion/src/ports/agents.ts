import type { AgentFacts } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';

export interface StoredAgentReport {
  tenant: string;
  deviceId: string;
  at: Date;
  facts: AgentFacts;
}

export abstract class AgentReportStore {
  /** Keeps each where it is newer than what is kept of its device. At most one a device. */
  abstract keep(tx: Tx, reports: readonly StoredAgentReport[]): Promise<void>;
}
