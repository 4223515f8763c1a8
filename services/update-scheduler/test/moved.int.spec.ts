import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PolicyInput } from '@lamplighter/contracts';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { Night } from './night.ts';

const DAY = 24 * 60;
const WEEK_AHEAD = { enforcement: { announceDays: 7 } };

let database: TestDatabase;
let night: Night;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** By policy. */
const states = async (deviceId: string) => {
  const rows = await night.db.query<{ name: string; version: number; state: string; reason: string | null }>(
    {
      text: `SELECT p.name, r.policy_version AS version, u.state, u.reason FROM update_scheduler.device_update u
               JOIN update_scheduler.rollout r USING (tenant, rollout_id) JOIN update_scheduler.policy p USING (tenant, policy_id)
              WHERE u.device_id = $1 ORDER BY r.created_at`,
    },
    [deviceId],
  );
  return rows.map(({ name, version, state, reason }) => `${name} ${version} ${state}: ${reason}`);
};
const nextNight = async (days = 1) => {
  night.minutes(days * DAY);
  await night.closeWindow.run();
  await night.start();
};

describe('a device that was told by declaration, and goes to another policy', () => {
  const floor = (input: Partial<PolicyInput> = {}) => night.policy({ name: 'floor', ...WEEK_AHEAD, ...input });

  beforeEach(async () => {
    night = await Night.begin(database);
    await night.devices({ id: 'a' }, { id: 'b' });
    await night.declaring(true, 'a', 'b');
    await floor();
    await night.start();
  });

  it('loses its declaration at once where one of greater precedence takes it in, and gets the new one in its window', async () => {
    await night.policy({ name: 'kiosk', precedence: 900, assignment: { devices: ['a'] }, ...WEEK_AHEAD });
    await night.recallStrays.run();
    expect(await states('a')).toEqual(['floor 1 not-eligible: other-policy']);
    expect(await states('b')).toEqual(['floor 1 commanded: waiting-for-its-time']);
    expect((await night.withdrawn()).flatMap(({ devices }) => devices)).toEqual(['a']);
    await nextNight();
    expect(await states('a')).toEqual([
      'floor 1 not-eligible: other-policy',
      'kiosk 1 commanded: waiting-for-its-time',
    ]);
  });

  it('loses it where its policy takes it in no more, of a former version too', async () => {
    const { policyId } = (
      await night.db.query<{ policyId: string }>({
        text: `SELECT policy_id AS "policyId" FROM update_scheduler.policy`,
      })
    )[0]!;
    await night.policy({ name: 'floor', assignment: { devices: ['b'] }, ...WEEK_AHEAD }, policyId);
    await night.recallStrays.run();
    expect(await states('a')).toEqual(['floor 1 not-eligible: unassigned']);
    expect(await states('b')).toEqual(['floor 1 commanded: waiting-for-its-time']);
    expect((await night.withdrawn()).flatMap(({ devices }) => devices)).toEqual(['a']);
  });

  it('is told by the wave of the new one, which ends what the old one told: never two at a time', async () => {
    await night.policy({ name: 'kiosk', precedence: 900, assignment: { devices: ['a'] }, ...WEEK_AHEAD });
    await nextNight();
    expect(await states('a')).toEqual(['floor 1 superseded: told-anew', 'kiosk 1 commanded: waiting-for-its-time']);
    // One cause: the later assignment takes the place of the earlier. A withdrawal beside it might come after.
    expect(await night.withdrawn()).toEqual([]);
    expect((await night.assigned()).map(({ cause, devices }) => [cause, devices.toSorted()])).toEqual([
      ['software-update', ['a', 'b']],
      ['software-update', ['a']],
    ]);
    await nextNight();
    expect((await night.assigned()).length).toBe(2);
  });

  it('is told anew by a new version of its policy, and by the old one when it comes back to it', async () => {
    const kiosk = { name: 'kiosk', precedence: 900, ...WEEK_AHEAD };
    const { policyId } = await night.policy({ ...kiosk, assignment: { devices: ['a'] } });
    await nextNight();
    await night.policy({ ...kiosk, assignment: { devices: ['nobody'] } }, policyId);
    await night.recallStrays.run();
    expect((await night.withdrawn()).flatMap(({ devices }) => devices)).toEqual(['a']);
    await nextNight();
    expect(await states('a')).toEqual(['floor 1 commanded: waiting-for-its-time', 'kiosk 1 not-eligible: unassigned']);
  });

  it('is left alone while it installs, and from its time on; then the old one is over before the new one begins', async () => {
    await night.reports('b', { installState: 'installing' });
    await night.policy({ name: 'kiosk', precedence: 900, ...WEEK_AHEAD });
    await night.recallStrays.run();
    expect(await states('b')).toEqual(['floor 1 installing: null']);
    await nextNight();
    expect(await states('b')).toEqual(['floor 1 installing: null', 'kiosk 1 not-eligible: other-rollout']);
    await night.reports('b', { osVersion: '26.6' });
    expect((await states('b'))[0]).toBe('floor 1 installed: null');
  });
});

describe('a policy that is changed while its devices wait for their time', () => {
  it('lets the time that has come have its way, and tells the others anew', async () => {
    night = await Night.begin(database);
    await night.devices({ id: 'a' });
    await night.declaring(true, 'a');
    const { policyId } = await night.policy({ name: 'floor' });
    await night.start();
    await night.policy({ name: 'floor', enforcement: { announceDays: 3 } }, policyId);
    await nextNight();
    expect(await states('a')).toEqual([
      'floor 1 commanded: waiting-for-its-time',
      'floor 2 not-eligible: other-rollout',
    ]);
    night.minutes(6 * 60 + 1);
    await night.endOverdue.run();
    night.minutes(DAY - 6 * 60 - 1);
    await night.closeWindow.run();
    await night.start();
    expect(await states('a')).toEqual(['floor 1 failed: not-enforced', 'floor 2 commanded: waiting-for-its-time']);
    await night.policy({ name: 'floor', enforcement: { announceDays: 2 } }, policyId);
    await nextNight();
    expect((await states('a')).slice(1)).toEqual([
      'floor 2 superseded: told-anew',
      'floor 3 commanded: waiting-for-its-time',
    ]);
  });
});
