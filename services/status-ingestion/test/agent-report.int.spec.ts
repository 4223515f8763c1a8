import { type TestDatabase, testDatabase } from '@lamplighter/testing';
import { agentReported, type AgentFacts, derivedUuid, message } from '@lamplighter/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PgAgentReportStore } from '../src/out/pg-agent-report-store.ts';
import { KeepAgentReports } from '../src/steps/keep-agent-reports.ts';

describe('the report of an agent', () => {
  let database: TestDatabase;
  let step: KeepAgentReports;
  beforeAll(async () => {
    database = await testDatabase();
    step = new KeepAgentReports(database.as('status_ingestion'), new PgAgentReportStore());
  });
  afterAll(() => database?.close());

  const told = (tenant: string, ...items: ({ deviceId: string; at: string } & AgentFacts)[]) =>
    message(agentReported, { id: derivedUuid('spec', JSON.stringify(items)), tenant, at: new Date() }, items);
  const kept = () =>
    database.as('admin_api').query({
      text: 'SELECT tenant, device_id AS "deviceId", facts FROM status_ingestion.agent_report_v1 ORDER BY 1, 2',
    });
  const [early, late] = ['2026-11-20T02:00:00.000Z', '2026-11-20T03:00:00.000Z'] as const;

  it('is kept for its device and tenant, the newest of several', async () => {
    const first = { deviceId: 'A', at: early, mdmClient: 'stuck' as const };
    await step.run([told('default', first, { deviceId: 'A', at: late, onPower: true }), told('other', first)]);
    expect(await kept()).toEqual([
      { tenant: 'default', deviceId: 'A', facts: { onPower: true } },
      { tenant: 'other', deviceId: 'A', facts: { mdmClient: 'stuck' } },
    ]);
  });

  it('changes nothing when it comes late or again', async () => {
    const before = await kept();
    await step.run([told('default', { deviceId: 'A', at: early, mdmClient: 'working' })]);
    await step.run([told('default', { deviceId: 'A', at: late, onPower: true })]);
    expect(await kept()).toEqual(before);
  });
});
