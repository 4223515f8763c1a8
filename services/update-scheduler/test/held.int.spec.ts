import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type commandRevoke, type ItemOf } from '@lamplighter/contracts';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { Night, TENANT } from './night.ts';

const DAY = 24 * 60;
const products = [{ productKey: 'k26', version: '26.6', build: '23U67' }];
const offer = { kind: 'available-updates', products } as const;

let database: TestDatabase;
let night: Night;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  night = await Night.begin(database);
});

const takenBack = async () => (await night.withdrawn()).flatMap(({ devices }) => devices ?? []).toSorted();
const revoked = async () =>
  (await night.staged<ItemOf<typeof commandRevoke>>('command.revoke')).flatMap((one) => one.items);
const orders = async () =>
  (await night.commands()).filter((one) => one.requestType === 'ScheduleOSUpdate').map((one) => one.deviceId);
const pause = (policyId: string, action: 'pause' | 'resume' = 'pause') =>
  night.controlPolicy.run({ tenant: TENANT, policyId, action });
const nextNight = async () => {
  night.minutes(DAY);
  await night.closeWindow.run();
  await night.start();
};

describe('what devices were told by declaration before their policy was paused', () => {
  let policyId: string;
  beforeEach(async () => {
    await night.devices({ id: 'a' }, { id: 'b' }, { id: 'c' });
    await night.declaring(true, 'a', 'b', 'c');
    ({ policyId } = await night.policy());
    await night.start();
    await night.reports('b', { installState: 'downloading' });
    await night.reports('c', { installState: 'installing' });
  });

  it('is taken back, but not from a device that installs, which is said so', async () => {
    await night.holdBack.run();
    expect(await takenBack()).toEqual([]);
    await pause(policyId);
    await night.holdBack.run();
    expect(await night.states()).toEqual({ a: 'waiting: paused', b: 'waiting: paused', c: 'installing: past-recall' });
    expect(await takenBack()).toEqual(['a', 'b']);
  });

  it('is told anew in the next window once it is resumed, with the time of the one after', async () => {
    await pause(policyId);
    await night.holdBack.run();
    await nextNight();
    expect((await night.states())['a']).toBe('waiting: paused');
    await pause(policyId, 'resume');
    await nextNight();
    expect(await night.states()).toMatchObject({
      a: 'commanded: waiting-for-its-time',
      b: 'commanded: waiting-for-its-time',
      c: 'installing: past-recall',
    });
    expect((await night.assigned()).at(-1)).toMatchObject({
      devices: ['a', 'b'],
      declarations: [{ payload: { TargetLocalDateTime: '2026-11-23T02:00:00' } }, {}],
    });
  });

  it('is told anew in the same window where it still sends', async () => {
    await pause(policyId);
    await night.holdBack.run();
    night.minutes(10);
    await pause(policyId, 'resume');
    await night.start();
    expect((await night.states())['a']).toBe('commanded: waiting-for-its-time');
    expect((await night.assigned()).length).toBe(2);
    expect(await takenBack()).toEqual(['a', 'b']);
  });

  it('is told anew in the same window also where that is still being planned when it is resumed', async () => {
    await pause(policyId);
    await night.holdBack.run();
    await night.db.query({ text: `UPDATE update_scheduler.occurrence SET state = 'planning', plan_cursor = 'z'` });
    night.minutes(10);
    await pause(policyId, 'resume');
    await night.start();
    expect((await night.states())['a']).toBe('commanded: waiting-for-its-time');
  });

  it('is told anew also where the tenant is resumed in the moment in which it is taken back', async () => {
    await night.controlPolicy.tenant({ tenant: TENANT, action: 'pause', by: 'ada' });
    const [held] = await night.holds.held();
    let resumed = Promise.resolve<unknown>(undefined);
    await night.db.transaction(async (tx) => {
      expect(await night.holds.keep(tx, held!)).toMatchObject({ reason: 'paused' });
      resumed = night.controlPolicy.tenant({ tenant: TENANT, action: 'resume', by: 'ada' });
      const isWaiting = async () => {
        const [row] = await night.db.query<{ waits: boolean; paused: boolean }>({
          text: `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted) AS waits, paused FROM update_scheduler.tenant_state`,
        });
        return row!.waits || !row!.paused;
      };
      while (!(await isWaiting()));
      await tx.query({
        text: `UPDATE update_scheduler.device_update SET state = 'waiting', reason = 'paused', step = '', due_at = NULL, version = version + 1
                WHERE state IN ('commanded', 'downloading')`,
      });
    });
    await resumed;
    night.minutes(10);
    await night.start();
    expect((await night.states())['a']).toBe('commanded: waiting-for-its-time');
  });

  it('is followed to its end on a device that installs, and taken back once that does so no more', async () => {
    await pause(policyId);
    await night.holdBack.run();
    await night.reports('c', { installState: 'installing' });
    expect((await night.states())['c']).toBe('installing: past-recall');
    await night.reports('c', { installState: 'failed', failure: { count: 1, reason: 'not enough disk space' } });
    expect((await night.states())['c']).toBe('commanded: insufficient-space');
    const [held] = await night.holds.held();
    await night.holdBack.takeBack(held!);
    expect((await night.states())['c']).toBe('waiting: paused');
    expect(await takenBack()).toEqual(['a', 'b', 'c']);
    await night.reports('a', { osVersion: '26.6' });
    expect((await night.states())['a']).toBe('installed');
  });

  it('is taken back too where the rollout or the tenant is paused, and nowhere else', async () => {
    const { rolloutId } = (await night.occurrences())[0]!;
    await night.controlRollout.run({ tenant: TENANT, rolloutId, action: 'pause' });
    expect(await night.holds.held()).toMatchObject([{ rolloutId, reason: 'paused', rings: null }]);
    await night.controlRollout.run({ tenant: TENANT, rolloutId, action: 'resume' });
    await night.controlPolicy.tenant({ tenant: 'another', action: 'pause', by: 'ada' });
    expect(await night.holds.held()).toEqual([]);
    await night.controlPolicy.tenant({ tenant: TENANT, action: 'pause', by: 'ada' });
    expect(await night.holds.held()).toMatchObject([{ rolloutId, reason: 'paused' }]);
  });

  it('is taken back once, whoever of two looks; a chunk that comes after the resume takes back nothing', async () => {
    await pause(policyId);
    const [held] = await night.holds.held();
    await Promise.all([night.holdBack.takeBack(held!), night.holdBack.takeBack(held!)]);
    expect(await takenBack()).toEqual(['a', 'b']);
    await pause(policyId, 'resume');
    night.minutes(10);
    await night.start();
    await night.holdBack.takeBack(held!);
    expect((await night.states())['a']).toBe('commanded: waiting-for-its-time');
  });
});

describe('a fleet', () => {
  it('is taken back from in chunks, by any that look', async () => {
    const ids = Array.from({ length: 2_500 }, (_, n) => `d${n}`);
    await night.devices(...ids.slice(0, 1).map((id) => ({ id })));
    await database.admin.query({
      text: `INSERT INTO status_ingestion.device SELECT (jsonb_populate_record(d, jsonb_build_object('device_id', 'd' || n))).*
               FROM status_ingestion.device d, generate_series(1, 2499) n`,
    });
    await night.declaring(true, ...ids);
    const { policyId } = await night.policy();
    await night.start();
    night.minutes(10);
    await night.start();
    await pause(policyId);
    const [held] = await night.holds.held();
    await Promise.all([night.holdBack.takeBack(held!), night.holdBack.takeBack(held!)]);
    await night.holdBack.takeBack(held!);
    expect(new Set(Object.values(await night.states()))).toEqual(new Set(['waiting: paused']));
    expect((await takenBack()).toSorted()).toEqual(ids.toSorted());
  });
});

describe('what a halted ring was sent before', () => {
  const halt = () => night.db.query({ text: `UPDATE update_scheduler.ring SET state = 'halted' WHERE name = 'all'` });

  it('is taken back from its devices alone, and sent again when an operator lets it go on', async () => {
    await database.admin.query(
      {
        text: `INSERT INTO update_scheduler.device_group (tenant, name, version, spec, created_at, updated_at) VALUES ($1, 'pilot', 1, $2, now(), now())`,
      },
      [TENANT, { name: 'pilot', any: [], devices: ['pilot', 'pilot-mdm'], excludedDevices: [] }],
    );
    await night.devices({ id: 'pilot' }, { id: 'rest' }, { id: 'pilot-mdm' }, { id: 'mdm' });
    await night.declaring(true, 'pilot', 'rest');
    await night.policy({ rings: [{ name: 'pilot', groups: ['pilot'] }, { name: 'all' }] });
    await night.start();
    night.minutes(1);
    await night.start();
    for (const id of ['pilot-mdm', 'mdm']) expect(await night.answer(id, offer)).toBe('ScheduleOSUpdate');
    await halt();
    await night.holdBack.run();
    expect(await night.states()).toMatchObject({
      pilot: 'commanded: waiting-for-its-time',
      rest: 'waiting: ring-halted',
    });
    expect(await takenBack()).toEqual(['rest']);
    const { commandId } = await night.row('mdm');
    expect((await revoked()).flatMap(({ commands }) => commands)).toEqual([{ deviceId: 'mdm', commandId }]);
    await night.revoked('mdm');
    expect((await night.states())['mdm']).toBe('available: ring-halted');

    const { rolloutId } = (await night.occurrences())[0]!;
    await night.controlRollout.run({ tenant: TENANT, rolloutId, action: 'resume', override: true });
    night.minutes(10);
    await night.start();
    expect((await night.states())['rest']).toBe('commanded: waiting-for-its-time');
    expect(await night.answer('mdm', offer)).toBe('ScheduleOSUpdate');
    expect((await orders()).toSorted()).toEqual(['mdm', 'mdm', 'pilot-mdm']);
  });
});

describe('orders that wait in the queue when their policy is paused', () => {
  let policyId: string;
  beforeEach(async () => {
    await night.devices({ id: 'ordered' }, { id: 'in-hand' }, { id: 'asked' });
    ({ policyId } = await night.policy());
    await night.start();
    for (const id of ['ordered', 'in-hand']) expect(await night.answer(id, offer)).toBe('ScheduleOSUpdate');
    await pause(policyId);
    await night.holdBack.run();
  });

  it('are taken back by their ids; questions are not', async () => {
    const [only] = await revoked();
    const ids = [(await night.row('in-hand')).commandId, (await night.row('ordered')).commandId];
    expect(only!.commands!.map((one) => one.commandId)).toEqual(ids);
  });

  it('follow their device where it had them in hand', async () => {
    await night.answer('in-hand', { kind: 'schedule-result', results: [{ productKey: 'k26', status: 'Installing' }] });
    expect(await night.row('in-hand')).toMatchObject({ state: 'installing', step: 'status' });
  });

  it('go out once more when it is resumed, from what the device answers then; nothing twice', async () => {
    await night.revoked('ordered');
    expect((await night.states())['ordered']).toBe('available: paused');
    const asked = await night.lastCommand('ordered');
    expect(asked.requestType).toBe('AvailableOSUpdates');
    expect(await night.answer('ordered', offer)).toBe('AvailableOSUpdates');
    await pause(policyId, 'resume');
    await night.start();
    expect(await night.answer('ordered', offer)).toBe('ScheduleOSUpdate');
    expect(await orders()).toEqual(['ordered', 'in-hand', 'ordered']);
  });

  it('go out at once where it was resumed before the queue had taken them back', async () => {
    await pause(policyId, 'resume');
    const before = await night.row('ordered');
    await night.revoked('ordered');
    const after = await night.row('ordered');
    expect(after.step).toBe(before.step);
    expect(after.commandId).not.toBe(before.commandId);
    await night.revoked('ordered', before.commandId!);
    expect((await night.row('ordered')).commandId).toBe(after.commandId);
  });

  it('wait for the next window where it closes meanwhile', async () => {
    night.minutes(239);
    await night.revoked('ordered');
    expect((await night.states())['ordered']).toBe('waiting: paused');
  });
});
