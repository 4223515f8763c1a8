import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AesSealer } from '@lamplighter/runtime';
import { type TestDatabase, testDatabase } from '@lamplighter/testing';
import { randomBytes } from 'node:crypto';
import { sealAnew, type SealedTable } from './seal-anew.ts';

const [older, newer, lost] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const before = new AesSealer(older);
const during = new AesSealer(newer, older);
const after = new AesSealer(newer);
const context = (field: string) => (tenant: string, id: string) => `${field}:${tenant}:${id}`;
const table: SealedTable = {
  table: 'command_queue.enrollment',
  id: 'device_id',
  columns: { push_address: context('push-address'), unlock_token: context('unlock-token') },
};
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

async function enroll(deviceId: string, address: Buffer | null, unlock: Buffer | null): Promise<void> {
  const text = `INSERT INTO command_queue.enrollment (tenant, device_id, kind, status, topic, certificate_hash,
      push_address, unlock_token, generation, facts, authenticated_at)
    VALUES ('default', $1, 'device', 'enrolled', 't', '\\x00', $2, $3, 1, '{}', now())`;
  await database.admin.query({ text }, [deviceId, address, unlock]);
}

const seal = (sealer: AesSealer, field: string, id: string) =>
  sealer.seal(Buffer.from(`${field} of ${id}`), context(field)('default', id));

describe('sealing anew', () => {
  it('takes every older value of every page to the newest key, each for its own row, and once', async () => {
    const ids = Array.from({ length: 1203 }, (_, n) => `d${n}`);
    for (const id of ids) await enroll(id, seal(before, 'push-address', id), null);
    await enroll('both', seal(during, 'push-address', 'both'), seal(before, 'unlock-token', 'both'));
    await enroll('none', null, null);
    const db = database.as('command_queue');
    const [one, two] = await Promise.all([sealAnew(db, during, table), sealAnew(db, during, table)]);
    expect(one.done + two.done).toBe(1204);
    expect(await sealAnew(db, during, table)).toEqual({ done: 0, closed: 0 });
    type Row = { device_id: string; push_address: Buffer | null; unlock_token: Buffer | null };
    const rows = await database.admin.query<Row>({ text: 'SELECT * FROM command_queue.enrollment' });
    for (const { device_id: id, push_address: address } of rows.filter((row) => row.push_address !== null)) {
      expect(after.open(address!, `push-address:default:${id}`).toString()).toBe(`push-address of ${id}`);
    }
    const both = rows.find((row) => row.device_id === 'both')!;
    expect(after.open(both.unlock_token!, 'unlock-token:default:both').toString()).toBe('unlock-token of both');
  });

  it('leaves what no key opens as it is, and says how much that is', async () => {
    const sealed = seal(new AesSealer(lost), 'push-address', 'lost');
    await enroll('lost', sealed, seal(before, 'unlock-token', 'lost'));
    expect(await sealAnew(database.as('command_queue'), during, table)).toEqual({ done: 1, closed: 1 });
    const text = "SELECT push_address FROM command_queue.enrollment WHERE device_id = 'lost'";
    expect(await database.admin.query({ text })).toEqual([{ push_address: sealed }]);
  });
});
