import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { AgentReport } from '../ports/agents.ts';
import { AgentViews } from '../ports/agents.ts';

const KNOWN = {
  name: 'agent-known-devices',
  text: `SELECT device_id AS "deviceId" FROM status_ingestion.device_v1 WHERE tenant = $1 AND device_id = ANY($2::text[])`,
};
const LAST = {
  name: 'agent-last-report',
  text: `SELECT reported_at AS at, facts FROM status_ingestion.agent_report_v1 WHERE tenant = $1 AND device_id = $2`,
};

@Injectable()
export class PgAgentViews extends AgentViews {
  constructor(private readonly database: Database) {
    super();
  }

  override async known(tenant: string, deviceIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ deviceId: string }>(KNOWN, [tenant, deviceIds]);
    return new Set(rows.map(({ deviceId }) => deviceId));
  }

  override async lastOf(tenant: string, deviceId: string): Promise<AgentReport | undefined> {
    return (await this.database.query<AgentReport>(LAST, [tenant, deviceId]))[0];
  }
}
