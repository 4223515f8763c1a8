import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { serverUrl } from '@lamplighter/testing';
import pg from 'pg';
import { instantArray } from './instant-array.ts';

let db: pg.Client;

beforeAll(async () => {
  db = new pg.Client({ connectionString: serverUrl('LAMP_DATABASE_URL') });
  await db.connect();
});
afterAll(() => db.end());

const read = async (instants: readonly (Date | null | undefined)[]) => {
  const { rows } = await db.query('SELECT at FROM unnest($1::timestamptz[]) WITH ORDINALITY AS u(at, n) ORDER BY n', [
    instantArray(instants),
  ]);
  return rows.map(({ at }: { at: Date | null }) => at);
};

it('is read by PostgreSQL as the instants that it was made of, in their order', async () => {
  const instants = [
    '2026-11-22T05:06:07.089Z',
    '2000-01-01T00:00:00.000Z',
    '1999-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00.000Z',
    '0099-03-01T00:00:00.001Z',
    '2136-02-19T17:47:41.967Z',
    '9999-12-31T23:59:59.999Z',
  ].map((text) => new Date(text));
  expect(await read(instants)).toEqual(instants);
  expect(await read([])).toEqual([]);
});

it('has nulls where there is no instant', async () => {
  const now = new Date('2026-11-22T05:06:07.089Z');
  expect(await read([null, now, undefined])).toEqual([null, now, null]);
});

it('takes no instant that is none', () => {
  expect(() => instantArray([new Date('never')])).toThrow(RangeError);
});
