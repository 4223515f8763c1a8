import { testDatabase } from '@lamplighter/testing';
import type { TestDatabase } from '@lamplighter/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DayPartitions } from './day-partitions.ts';

let database: TestDatabase;
let days: DayPartitions;

beforeAll(async () => {
  database = await testDatabase();
  days = new DayPartitions(database.as('apns_push'), { schema: 'apns_push', table: 'push', column: 'at' });
});
afterAll(() => database.close());

async function push(at: string): Promise<void> {
  const text = `INSERT INTO apns_push.push (tenant, device_id, at, request_id, outcome)
    VALUES ('default', 'd', $1, gen_random_uuid(), 'accepted')`;
  await database.admin.query({ text }, [at]);
}

async function places(): Promise<string[]> {
  const text = 'SELECT tableoid::regclass::text AS name FROM apns_push.push ORDER BY at';
  return (await database.admin.query<{ name: string }>({ text })).map((row) => row.name.replace('apns_push.', ''));
}

describe('days of a table', () => {
  it('hold their own rows, can be made twice, and at the same time', async () => {
    await Promise.all(['2026-01-02', '2026-01-02', '2026-01-03'].map((day) => days.make(day)));
    await push('2026-01-02T00:00:00Z');
    await push('2026-01-03T23:59:59Z');
    expect(await places()).toEqual(['push_20260102', 'push_20260103']);
  });

  it('whose rows came first stay where they are', async () => {
    await push('2026-01-04T12:00:00Z');
    await days.make('2026-01-04');
    await push('2026-01-04T13:00:00Z');
    expect((await places()).slice(2)).toEqual(['push_default', 'push_default']);
  });

  it('that are over are dropped, wherever their rows are', async () => {
    await push('2026-01-06T00:00:00Z');
    expect(await days.dropBefore('2026-01-03')).toBe(1);
    expect(await places()).toEqual(['push_20260103', 'push_default', 'push_default', 'push_default']);
    expect(await days.dropBefore('2026-01-06')).toBe(1);
    expect(await places()).toEqual(['push_default']);
  });
});
