import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PgDatabase } from '@lamplighter/storage';
import { testDatabase, type TestDatabase, waitFor } from '@lamplighter/testing';
import { PgEnrollmentStore } from '../src/out/pg-enrollment-store.ts';
import { enrollmentStoreSuite } from './enrollment-store.suite.ts';
import { enrollment, minutes, START } from './fixtures.ts';

let database: TestDatabase;
let db: PgDatabase;
const enrollments = new PgEnrollmentStore();

beforeAll(async () => {
  database = await testDatabase();
  db = database.as('command_queue');
});
afterAll(() => database.close());

const empty = () => db.query({ text: 'TRUNCATE command_queue.enrollment' });

enrollmentStoreSuite('the enrollment store on PostgreSQL', async () => {
  await empty();
  return { db, enrollments };
});

describe('a certificate that several devices show at the same moment', () => {
  it('belongs to one of them', async () => {
    await empty();
    const { certificateHash } = enrollment('a');
    const take = (deviceId: string, meanwhile: (isFree: boolean) => Promise<unknown> = async () => undefined) =>
      db.transaction(async (tx) => {
        const isFree = !(await enrollments.isPinnedElsewhere(tx, 'default', deviceId, certificateHash));
        await meanwhile(isFree);
        if (isFree) await enrollments.begin(tx, { ...enrollment(deviceId), certificateHash });
        return isFree;
      });
    const waits = {
      text: `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database =
                             (SELECT oid FROM pg_database WHERE datname = current_database())`,
    };
    let second: Promise<boolean> | undefined;
    let hasLooked = false;
    const first = await take('a', async () => {
      second = take('b', async () => (hasLooked = true));
      await waitFor('the second to look, or to wait', async () => hasLooked || (await db.query(waits)).length > 0);
    });
    expect([first, await second]).toEqual([true, false]);
  });
});

describe('what others see of an enrollment', () => {
  const seen = async (deviceId = 'a') =>
    (
      await database
        .as('ddm')
        .query<Record<string, unknown>>({ text: 'SELECT * FROM command_queue.enrollment_v1 WHERE device_id = $1' }, [
          deviceId,
        ])
    )[0];
  const secrets = async () =>
    (
      await db.query<Record<string, unknown>>({
        text: 'SELECT push_address, unlock_token, bootstrap_token FROM command_queue.enrollment',
      })
    )[0];
  const a = { tenant: 'default', deviceId: 'a' };
  const tokens = { topic: 't', pushAddress: Buffer.from('address'), unlockToken: Buffer.from('unlock') };

  beforeEach(async () => {
    await empty();
    await db.transaction((tx) => enrollments.begin(tx, { ...enrollment('a'), source: 'nano' }));
  });

  it('is what its TokenUpdate said', async () => {
    const said = { awaitingConfiguration: true, notOnConsole: true, userShortName: 'ann', userLongName: 'Ann Example' };
    await db.transaction((tx) => enrollments.setTokens(tx, a, { ...tokens, ...said }, START));
    expect(await seen()).toMatchObject({
      source: 'nano',
      status: 'enrolled',
      reachable: true,
      token_update_tally: 1,
      awaiting_configuration: true,
      not_on_console: true,
      user_short_name: 'ann',
      user_long_name: 'Ann Example',
    });
    await db.transaction((tx) => enrollments.setAwaitingConfiguration(tx, a, false));
    expect(await seen()).toMatchObject({ awaiting_configuration: false, token_update_tally: 1 });
  });

  it('is not reachable while no push address is known; one that is known stays', async () => {
    await db.transaction((tx) => enrollments.setTokens(tx, a, { ...tokens, pushAddress: null }, START));
    expect(await seen()).toMatchObject({ status: 'enrolled', reachable: false });
    await db.transaction((tx) => enrollments.setTokens(tx, a, tokens, minutes(1)));
    await db.transaction((tx) =>
      enrollments.setTokens(tx, a, { ...tokens, pushAddress: null, unlockToken: null }, minutes(2)),
    );
    expect(await seen()).toMatchObject({ reachable: true, token_update_tally: 3 });
    expect(await secrets()).toMatchObject({ push_address: tokens.pushAddress, unlock_token: tokens.unlockToken });
  });

  it('is nothing of the generation before, and no secret of it is left', async () => {
    const said = {
      awaitingConfiguration: true,
      notOnConsole: false,
      userShortName: 'ann',
      userLongName: 'Ann Example',
    };
    await db.transaction(async (tx) => {
      await enrollments.setTokens(tx, a, { ...tokens, ...said }, START);
      await enrollments.setBootstrapToken(tx, a, Buffer.from('bootstrap'));
      await enrollments.begin(tx, { ...enrollment('a'), generation: 2 });
    });
    expect(await seen()).toMatchObject({
      source: null,
      token_update_tally: 0,
      awaiting_configuration: false,
      not_on_console: null,
      user_short_name: null,
      user_long_name: null,
    });
    expect(await secrets()).toEqual({ push_address: null, unlock_token: null, bootstrap_token: null });
  });
});
