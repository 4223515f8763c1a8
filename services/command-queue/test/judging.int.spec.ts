import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CommandGroup } from '@lamplighter/contracts';
import type { PgDatabase } from '@lamplighter/storage';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { PgCommandStore } from '../src/out/pg-command-store.ts';
import { PgEnrollmentStore } from '../src/out/pg-enrollment-store.ts';
import { JudgeCommands, type Order } from '../src/steps/judge-commands.ts';
import { enrollment, group, minutes, START, terms } from './fixtures.ts';

let database: TestDatabase;
let db: PgDatabase;
const commands = new PgCommandStore();

/** What status ingestion knows of a device. */
const report = (deviceId: string, platform: string, osVersion: string, isSupervised: boolean) =>
  database.admin.query(
    {
      text: `INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, os_version, is_supervised, updated_at)
             VALUES ('default', $1, true, 1, $2, $3, $4, now())`,
    },
    [deviceId, platform, osVersion, isSupervised],
  );
const enroll = async (...devices: Parameters<PgEnrollmentStore['begin']>[1][]) =>
  db.transaction(async (tx) => {
    for (const each of devices) await new PgEnrollmentStore().begin(tx, each);
  });
const orderOf = (...groups: CommandGroup[]): Order => ({
  id: 'order',
  tenant: 'default',
  sentAt: START,
  byPerson: false,
  push: true,
  groups,
});
const refusals = async (order: Order, judge = new JudgeCommands(commands)) => {
  const { refused, batches } = await db.transaction((tx) => judge.run(tx, [order]));
  const left = batches.reduce((sum, batch) => sum + batch.commands.length, 0);
  return { left, refused: refused.map((one) => [one.command.deviceId, one.refusal.reason]).toSorted() };
};

beforeAll(async () => {
  database = await testDatabase();
  db = database.as('command_queue');
  const authenticated = { productName: 'Mac15,12', osVersion: '27.0' };
  await enroll(
    enrollment('mac'),
    enrollment('removed'),
    enrollment('unsupervised'),
    { ...enrollment('updated-back'), facts: authenticated },
    { ...enrollment('unreported'), facts: authenticated },
    { ...enrollment('mac:user'), kind: 'user', parentId: 'mac' },
  );
  await report('mac', 'macOS', '15.6', true);
  await report('removed', 'macOS', '27.1', true);
  await report('unsupervised', 'macOS', '15.6', false);
  await report('updated-back', 'macOS', '15.6', true);
});
afterAll(() => database.close());

describe('judging commands by what devices reported', () => {
  const all = ['mac', 'removed', 'unsupervised', 'updated-back', 'unreported', 'mac:user', 'stranger'];

  it('refuses by the newest report, by Authenticate where there is none, and by the channel', async () => {
    expect(await refusals(orderOf(group('ScheduleOSUpdate', all)))).toEqual({
      left: 3,
      refused: [
        ['mac:user', 'channel'],
        ['removed', 'removed'],
        ['unreported', 'removed'],
        ['unsupervised', 'not-supervised'],
      ],
    });
    expect(await refusals(orderOf(group('ProfileList', ['mac', 'removed'])))).toMatchObject({ refused: [] });
  });

  it('judges a large order by the kinds that the fleet has, and finds the same ones', async () => {
    const many = Array.from({ length: 300 }, (_, n) => `many-${n}`);
    await enroll(...many.map((id) => ({ ...enrollment(id), facts: { productName: 'Mac15,12', osVersion: '15.6' } })));
    const { left, refused } = await refusals(orderOf(group('ScheduleOSUpdate', [...many, ...all])));
    expect(left).toBe(303);
    expect(refused.map(([deviceId]) => deviceId)).toEqual(['mac:user', 'removed', 'unreported', 'unsupervised']);
  });
});

describe('two enqueues at once', () => {
  it('leave one ScheduleOSUpdate of a device, the other superseded', async () => {
    await enroll(enrollment('crowded'));
    const enqueue = (name: string) =>
      db.transaction(async (tx) => {
        const sent = terms(name, ['crowded'], { requestType: 'ScheduleOSUpdate' });
        const [added] = await commands.enqueue(tx, [sent], minutes(1));
        const winners = added!.map((one) => ({ tenant: 'default', ...one, slot: sent.slot! }));
        return commands.supersede(tx, winners, minutes(1));
      });
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([enqueue(`First${round}`), enqueue(`Second${round}`)]);
      const rows = await database.admin.query({
        text: "SELECT command_id FROM command_queue.command WHERE device_id = 'crowded'",
      });
      expect(rows).toHaveLength(1);
    }
  });
});
