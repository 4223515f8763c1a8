import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { AgentReportStore } from '../ports/agents.ts';
import type { StoredAgentReport } from '../ports/agents.ts';

/** In the order of the keys, so that two batches cannot dead-lock. */
const KEEP = {
  name: 'keep-agent-reports',
  text: `
INSERT INTO status_ingestion.agent_report AS r (tenant, device_id, reported_at, facts)
SELECT g.tenant, g.device_id, g.at, g.facts
  FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::jsonb[]) AS g(tenant, device_id, at, facts)
 ORDER BY g.tenant, g.device_id COLLATE "C"
ON CONFLICT (tenant, device_id) DO UPDATE SET reported_at = EXCLUDED.reported_at, facts = EXCLUDED.facts
 WHERE r.reported_at < EXCLUDED.reported_at`,
};

@Injectable()
export class PgAgentReportStore extends AgentReportStore {
  override async keep(tx: Tx, reports: readonly StoredAgentReport[]): Promise<void> {
    if (reports.length === 0) return;
    await tx.query(KEEP, [
      reports.map((one) => one.tenant),
      reports.map((one) => one.deviceId),
      reports.map((one) => one.at),
      reports.map((one) => JSON.stringify(one.facts)),
    ]);
  }
}
