import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { serverUrl } from '@lamplighter/testing';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { uuidArray, uuidArrayOfBytes } from './uuid-array.ts';

const client = () => new pg.Client({ connectionString: serverUrl('LAMP_DATABASE_URL') });
let db: pg.Client;

beforeAll(async () => {
  db = client();
  await db.connect();
});
afterAll(() => db.end());

const read = async (ids: readonly (string | null | undefined)[]) => {
  const { rows } = await db.query('SELECT id::text FROM unnest($1::uuid[]) WITH ORDINALITY AS u(id, n) ORDER BY n', [
    uuidArray(ids),
  ]);
  return rows.map(({ id }: { id: string }) => id);
};

it('is read by PostgreSQL as the ids that it was made of, in their order', async () => {
  const ids = Array.from({ length: 1_000 }, () => randomUUID());
  expect(await read(ids)).toEqual(ids);
  expect(await read([])).toEqual([]);
  expect(await read([ids[0]!.toUpperCase(), 'ffffffff-ffff-ffff-ffff-ffffffffffff'])).toEqual([
    ids[0],
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ]);
});

it('is the same of ids that are bytes', () => {
  const ids = Array.from({ length: 100 }, () => randomUUID());
  const bytes = Buffer.from(ids.join('').replaceAll('-', ''), 'hex');
  expect(uuidArrayOfBytes(bytes)).toEqual(uuidArray(ids));
  expect(uuidArrayOfBytes(Buffer.alloc(0))).toEqual(uuidArray([]));
});

it('has nulls where there is no id', async () => {
  const id = randomUUID();
  expect(await read([null, id, undefined, id])).toEqual([null, id, null, id]);
  expect(await read([null])).toEqual([null]);
});

it.each([
  '',
  'abc',
  randomUUID().replaceAll('-', ''),
  `${randomUUID()} `,
  randomUUID().replace(/.$/, 'g'),
  randomUUID().replace(/.$/, '\u{ff}'),
  randomUUID().replace('-', '0'),
])('takes no id that is none: %j', (id) => {
  expect(() => uuidArray([id])).toThrow(RangeError);
});
