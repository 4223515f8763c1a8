import type { agentReported, ItemOf, Message } from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { AgentReportStore } from '../ports/agents.ts';
import { newestPerDevice } from '../domain/newest.ts';

/** The newest report of a device's agent is kept; older ones and repeats change nothing. */
@Injectable()
export class KeepAgentReports {
  constructor(
    private readonly db: Database,
    private readonly reports: AgentReportStore,
  ) {}

  async run(batch: readonly Message<ItemOf<typeof agentReported>>[]): Promise<void> {
    const all = batch.flatMap(({ tenant, items }) =>
      items.map(({ deviceId, at, ...facts }) => ({ tenant, deviceId, at: new Date(at), facts })),
    );
    await this.reports.keep(
      this.db,
      newestPerDevice(all, (one) => one.at.getTime()),
    );
  }
}
