import { testDatabase } from '@lamplighter/testing';
import type { TestDatabase } from '@lamplighter/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PgReportDays } from '../src/out/pg-report-days.ts';

jest.setTimeout(30_000);

let database: TestDatabase;
let days: PgReportDays;

beforeAll(async () => {
  database = await testDatabase();
  days = new PgReportDays(database.as('status_ingestion'));
});
afterAll(() => database.close());

async function report(at: string): Promise<void> {
  const text = `INSERT INTO status_ingestion.report (tenant, device_id, report_id, at, request_type, status, cause, observation)
    VALUES ('default', 'd', gen_random_uuid(), $1, 'x', 'Acknowledged', 'x', '{}')`;
  await database.admin.query({ text }, [at]);
}

async function places(): Promise<string[]> {
  const text = 'SELECT tableoid::regclass::text AS name FROM status_ingestion.report ORDER BY at';
  return (await database.admin.query<{ name: string }>({ text })).map((row) =>
    row.name.replace('status_ingestion.', ''),
  );
}

describe('days of reports', () => {
  it('hold their own reports, can be made twice, and at the same time', async () => {
    await Promise.all(['2026-01-02', '2026-01-02', '2026-01-03'].map((day) => days.make(day)));
    await report('2026-01-02T00:00:00Z');
    await report('2026-01-03T23:59:59Z');
    expect(await places()).toEqual(['report_20260102', 'report_20260103']);
  });

  it('whose reports came first stay where they are', async () => {
    await report('2026-01-04T12:00:00Z');
    await days.make('2026-01-04');
    await report('2026-01-04T13:00:00Z');
    expect((await places()).slice(2)).toEqual(['report_default', 'report_default']);
  });

  it('that are over are dropped, wherever their reports are', async () => {
    await report('2026-01-06T00:00:00Z');
    expect(await days.dropBefore('2026-01-03')).toBe(1);
    expect(await places()).toEqual(['report_20260103', 'report_default', 'report_default', 'report_default']);
    expect(await days.dropBefore('2026-01-06')).toBe(1);
    expect(await places()).toEqual(['report_default']);
  });
});
