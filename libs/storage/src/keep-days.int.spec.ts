import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLog, type TestDatabase, TestClock, testDatabase, waitFor } from '@lamplighter/testing';
import { DayPartitions } from './day-partitions.ts';
import { KeepDays } from './keep-days.clock.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

async function days(): Promise<string[]> {
  const text = `SELECT inhrelid::regclass::text AS name FROM pg_inherits
    WHERE inhparent = 'status_ingestion.report'::regclass ORDER BY 1`;
  return (await database.admin.query<{ name: string }>({ text })).map((row) => row.name.split('.')[1]!);
}

describe('keep days', () => {
  it('has the coming days ready and drops those that are over', async () => {
    const table = { schema: 'status_ingestion', table: 'report', column: 'at' };
    const partitions = new DayPartitions(database.as('status_ingestion'), table);
    await partitions.make('2026-11-01');
    const keep = new KeepDays(partitions, 10, new TestClock('2026-11-20T02:00:00Z'), silentLog);
    keep.onApplicationBootstrap();
    await waitFor('the old day to go', async () => !(await days()).includes('report_20261101'));
    await keep.beforeApplicationShutdown();
    expect(await days()).toEqual([
      'report_20261120',
      'report_20261121',
      'report_20261122',
      'report_20261123',
      'report_default',
    ]);
  });
});
