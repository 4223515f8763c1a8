import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type declarationAssign, deviceLeft, type ItemOf, message, resourcesApply } from '@lamplighter/contracts';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { randomUUID } from 'node:crypto';
import { OnDeviceLeftConsumer } from '../src/in/on-device-left.consumer.ts';
import { Night, TENANT } from './night.ts';

let database: TestDatabase;
let night: Night;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  night = await Night.begin(database);
});

function remove(name: string, abort = false) {
  const input = { tenant: TENANT, by: 'ada', resources: [], remove: [{ kind: 'Policy', name }], abort };
  return night.applyResources.run(resourcesApply.input.parse(input));
}

describe('the lane of a device', () => {
  beforeEach(async () => {
    await night.devices(
      { id: 'old', os: '16.1' },
      { id: 'unasked', os: '18.1' },
      { id: 'declaring', os: '18.1' },
      { id: 'unable', os: '18.1' },
      { id: 'unsupervised', os: '18.1', supervised: false },
      { id: 'mac', platform: 'macOS', os: '15.1' },
      { id: 'mac-unsupervised', platform: 'macOS', os: '15.1', supervised: false },
      { id: 'newest', os: '27.0' },
    );
    await night.declaring(true, 'old', 'declaring', 'unsupervised', 'mac', 'mac-unsupervised');
    await night.declaring(false, 'unable');
    await database.admin.query({
      text: `INSERT INTO update_scheduler.release_device (supported_device, os, version, version_key, build, posted_at)
             VALUES ('iPhone15,2', 'iOS', '27.1', 27001000, '24B1', '2026-10-01')`,
    });
    await night.policy();
    await night.start();
  });

  it('is declarations where its OS enforces and it has said so; commands below; never a command from OS 27 on', async () => {
    const lanes = await night.db.query<{ id: string; lane: string }>({
      text: `SELECT device_id AS id, lane FROM update_scheduler.device_update WHERE state <> 'not-eligible'`,
    });
    expect(Object.fromEntries(lanes.map(({ id, lane }) => [id, lane]))).toEqual({
      old: 'mdm',
      unasked: 'mdm',
      declaring: 'ddm',
      unable: 'mdm',
      unsupervised: 'ddm',
      mac: 'ddm',
    });
    expect((await night.commands()).map(({ deviceId }) => deviceId).toSorted()).toEqual(['old', 'unable', 'unasked']);
  });

  it('is refused where neither will do, with the reason', async () => {
    const states = await night.states();
    expect(states['mac-unsupervised']).toBe('not-eligible: not-supervised');
    expect(states['newest']).toBe('not-eligible: ddm-lane-pending');
  });

  it('changes when the device has declared itself, at the next window', async () => {
    await night.expire('unasked', false);
    await night.declaring(true, 'unasked');
    night.minutes(24 * 60);
    await night.closeWindow.run();
    await night.start();
    expect(await night.row('unasked')).toMatchObject({ state: 'commanded', step: 'enforce' });
  });
});

describe('a target by declaration', () => {
  it('is one that Apple lists for the model: what only other feeds know is told as such', async () => {
    await night.devices({ id: 'commanded' }, { id: 'declaring' });
    await night.declaring(true, 'declaring');
    await database.admin.query({
      text: `INSERT INTO update_scheduler.release_device (supported_device, os, version, version_key, build, posted_at, origin, enforceable)
             VALUES ('iPhone15,2', 'iOS', '26.9', 26009000, '23Z1', '2026-10-01', 'sofa', false)`,
    });
    await night.policy();
    await night.openAndPlan();
    expect(await night.states()).toEqual({ commanded: 'planned', declaring: 'not-eligible: not-enforceable' });
  });
});

describe('an update by declaration', () => {
  beforeEach(async () => {
    await night.devices({ id: 'a' }, { id: 'b' }, { id: 'mac', platform: 'macOS', os: '15.1' });
    await night.declaring(true, 'a', 'b', 'mac');
    await night.policy({ target: { kind: 'newest-minor' } });
    await night.start();
  });

  it('is one declaration for all devices that share target and time, in the next night of the window', async () => {
    const sent = await night.assigned();
    expect(sent.map(({ devices }) => devices.toSorted()).toSorted()).toEqual([['a', 'b'], ['mac']]);
    for (const { cause, declarations } of sent) {
      expect(cause).toBe('software-update');
      expect(declarations.map(({ type }) => type)).toEqual([
        'com.apple.configuration.softwareupdate.enforcement.specific',
        'com.apple.activation.simple',
      ]);
      expect(declarations[0]!.payload).toMatchObject({ TargetLocalDateTime: '2026-11-21T02:00:00' });
    }
    expect(await night.row('a')).toMatchObject({ state: 'commanded', reason: 'waiting-for-its-time', commandId: null });
    expect(await night.commands()).toEqual([]);
  });

  it('follows the device’s reports to the end, and takes the declaration back then', async () => {
    const [{ declarations }] = (await night.assigned()) as [ItemOf<typeof declarationAssign>];
    const declarationId = declarations[0]!.identifier;
    for (const [installState, state] of [
      ['downloading', 'downloading'],
      ['prepared', 'downloaded'],
      ['installing', 'installing'],
    ] as const) {
      await night.reports('a', { installState, declarationId });
      expect((await night.row('a')).state).toBe(state);
    }
    expect(await night.withdrawn()).toEqual([]);
    const { a } = await night.targets();
    await night.reports('a', { osVersion: a! });
    expect((await night.row('a')).state).toBe('installed');
    expect(await night.withdrawn()).toEqual([{ cause: 'software-update', devices: ['a'], upTo: expect.any(String) }]);
  });

  it('is looked for by the clock only until it is over', async () => {
    const due = async () => {
      const rows = await night.db.query<{ id: string }>({
        text: `SELECT device_id AS id FROM update_scheduler.device_update WHERE due_at = stops_at ORDER BY device_id`,
      });
      return rows.map(({ id }) => id);
    };
    expect(await due()).toEqual(['a', 'b', 'mac']);
    await night.reports('b', { osVersion: (await night.targets())['b']! });
    expect(await due()).toEqual(['a', 'mac']);
  });

  it('is left alone by the next window while its time has not come', async () => {
    night.minutes(8 * 60);
    await night.closeWindow.run();
    night.minutes(16 * 60 - 30);
    await night.start();
    expect((await night.assigned()).length).toBe(2);
    expect((await night.states())['a']).toBe('commanded: waiting-for-its-time');
  });

  it('ends when its time has long passed, and begins again in the next window', async () => {
    night.minutes(24 * 60);
    await night.endOverdue.run();
    expect((await night.row('a')).state).toBe('commanded');
    night.minutes(23 * 60);
    await night.endOverdue.run();
    expect((await night.states())['a']).toBe('failed: not-enforced');
    expect((await night.withdrawn()).flatMap(({ devices }) => devices ?? []).toSorted()).toEqual(['a', 'b', 'mac']);
    await night.closeWindow.run();
    night.minutes(60);
    await night.start();
    expect((await night.states())['a']).toBe('commanded: waiting-for-its-time');
    expect((await night.assigned()).at(-1)!.declarations[0]!.payload).toMatchObject({
      TargetLocalDateTime: '2026-11-23T02:00:00',
    });
  });

  it('is taken back when its rollout is aborted, but not from a device that installs', async () => {
    await night.reports('b', { installState: 'installing' });
    const { rolloutId } = (await night.occurrences())[0]!;
    await night.controlRollout.run({ tenant: TENANT, rolloutId, action: 'abort' });
    await night.controlRollout.endAborted();
    expect(await night.states()).toMatchObject({ a: 'failed: aborted', b: 'installing', mac: 'failed: aborted' });
    expect((await night.withdrawn()).flatMap(({ devices }) => devices ?? []).toSorted()).toEqual(['a', 'mac']);
  });

  it('ends when its device leaves; a new enrollment of it changes nothing', async () => {
    const leaves = (deviceId: string, reason: 'CheckOut' | 're-enrolled') => {
      const head = { id: randomUUID(), tenant: TENANT, at: night.clock.now() };
      const item = { deviceId, at: head.at.toISOString(), reason };
      return new OnDeviceLeftConsumer(night.advanceUpdates).handle([message(deviceLeft, head, [item])]);
    };
    night.minutes(5);
    await leaves('a', 'CheckOut');
    await leaves('b', 're-enrolled');
    expect(await night.states()).toMatchObject({
      a: 'not-eligible: left-management',
      b: 'commanded: waiting-for-its-time',
    });
    expect((await night.withdrawn()).flatMap(({ devices }) => devices)).toEqual(['a']);
  });

  it('is taken back with its policy, which goes only where that is asked for, long after its window too', async () => {
    night.minutes(8 * 60);
    await night.closeWindow.run();
    await expect(remove('nightly')).rejects.toMatchObject({ code: 'policy.in-use' });
    await remove('nightly', true);
    await night.controlRollout.endAborted();
    expect((await night.withdrawn()).flatMap(({ devices }) => devices ?? []).toSorted()).toEqual(['a', 'b', 'mac']);
  });

  it('is not held by a second policy meanwhile', async () => {
    await night.policy({ name: 'other', precedence: 1 });
    await night.start();
    expect((await night.assigned()).length).toBe(2);
  });
});

describe('an update that another one has overtaken', () => {
  const target = (version: string) => ({
    platforms: ['iOS' as const],
    target: { kind: 'exact', version } as const,
    enforcement: { announceDays: 7 },
  });
  const DAY = 24 * 60;

  beforeEach(async () => {
    await night.devices({ id: 'a' });
    await night.declaring(true, 'a');
  });

  it('takes back its own declaration alone, not that of the newer one', async () => {
    const { policyId } = await night.policy(target('18.7.8'));
    await night.start();
    const told = night.clock.now();
    await night.policy(target('26.6'), policyId);
    night.minutes(3 * DAY);
    await night.closeWindow.run();
    await night.start();
    expect((await night.assigned()).map((one) => one.declarations[0]!.payload['TargetOSVersion'])).toEqual([
      '18.7.8',
      '26.6',
    ]);
    await night.reports('a', { osVersion: '18.7.8' });
    expect(await night.withdrawn()).toEqual([
      { cause: 'software-update', devices: ['a'], upTo: new Date(told.getTime() + 1).toISOString() },
    ]);
  });

  it('takes nothing back where it has told the device nothing', async () => {
    await night.policy(target('18.7.8'));
    await night.openAndPlan();
    await night.reports('a', { osVersion: '18.7.8' });
    expect((await night.row('a')).state).toBe('installed');
    expect(await night.withdrawn()).toEqual([]);
  });

  it('is begun anew only when it is overdue, and its declaration has been taken back', async () => {
    await night.policy({ resendAfterHours: 1, enforcement: { announceDays: 0 } });
    await night.start();
    await database.admin.query({ text: `UPDATE status_ingestion.device_ddm SET supports_enforcement = false` });
    await database.admin.query({ text: `UPDATE update_scheduler.device_update SET stops_at = $1, due_at = $1` }, [
      new Date(night.clock.now().getTime() + (DAY - 60) * 60_000),
    ]);
    night.minutes(DAY);
    await night.closeWindow.run();
    await night.start();
    expect((await night.row('a')).state).toBe('commanded');
    night.minutes(DAY - 1);
    await night.endOverdue.run();
    expect((await night.withdrawn()).map(({ devices }) => devices)).toEqual([['a']]);
  });
});

describe('the time of an enforcement', () => {
  it('is the instant of a fixed window in the zone of each device; that of the window where it is not known', async () => {
    await night.devices({ id: 'tokyo', zone: 'Asia/Tokyo' }, { id: 'nowhere', zone: 'Mars/Base' }, { id: 'unknown' });
    await night.declaring(true, 'tokyo', 'nowhere', 'unknown');
    await night.policy({ windows: [{ start: '02:00', zone: 'UTC' }] });
    await night.start();
    const times = (await night.assigned()).map(({ devices, declarations }) => [
      declarations[0]!.payload['TargetLocalDateTime'],
      devices.toSorted(),
    ]);
    expect(Object.fromEntries(times)).toEqual({
      '2026-11-21T11:00:00': ['tokyo'],
      '2026-11-21T02:00:00': ['nowhere', 'unknown'],
    });
  });

  it('is this very night where it is not announced, and over when sending stops at the earliest', async () => {
    await night.devices({ id: 'a' });
    await night.declaring(true, 'a');
    await night.policy({ enforcement: { announceDays: 0 }, windows: [{ lengthMinutes: 240, stopBeforeMinutes: 40 }] });
    await night.start();
    expect((await night.assigned())[0]!.declarations[0]!.payload).toMatchObject({
      TargetLocalDateTime: '2026-11-20T03:40:00',
    });
    night.minutes(200 + 60 * 6 - 1);
    await night.endOverdue.run();
    expect((await night.row('a')).state).toBe('commanded');
  });
});

describe('the build of an enforcement', () => {
  it.each([
    [{ kind: 'newest-minor' } as const, true],
    [{ kind: 'newest-minor', securityResponses: true } as const, false],
  ])('is named unless any will do: %j', async (target, named) => {
    await night.devices({ id: 'a' });
    await night.declaring(true, 'a');
    await night.policy({ target });
    await night.start();
    const [{ declarations }] = (await night.assigned()) as [ItemOf<typeof declarationAssign>];
    expect('TargetBuildVersion' in declarations[0]!.payload).toBe(named);
  });
});

describe('software update settings of a policy', () => {
  const settings = { AutomaticActions: { Download: 'AlwaysOn' }, Deferrals: { CombinedPeriodInDays: 7 } };
  const cause = 'software-update-settings';
  const settled = async () => (await night.assigned()).filter((one) => one.cause === cause);

  /** What the declarations' service does with the messages so far. */
  async function taken(): Promise<void> {
    for (const [place, { declarations, devices }] of (await settled()).entries()) {
      const { identifier, type } = declarations[0]!;
      await database.admin.query(
        {
          text: `WITH d AS (INSERT INTO ddm.declaration (tenant, identifier, type, kind, server_token, document, configurations, is_kept, sent_at, changed_at)
                            VALUES ($1, $2, $3, 'configuration', 't', '{}', '{}', false, now(), now())),
                      s AS (INSERT INTO ddm.declaration_set (tenant, set_id, cause, created_at) VALUES ($1, md5($5::text)::uuid, $6, now()) RETURNING set_id),
                      m AS (INSERT INTO ddm.set_declaration (tenant, set_id, identifier) SELECT $1, set_id, $2 FROM s)
                 INSERT INTO ddm.assignment (tenant, device_id, cause, set_id, sent_at)
                 SELECT $1, id, $6, set_id, now() FROM s, unnest($4::text[]) AS id`,
        },
        [TENANT, identifier, type, devices, place, cause],
      );
    }
    await database.admin.query({ text: 'TRUNCATE update_scheduler.outbox' });
  }

  async function planned(): Promise<void> {
    await night.openAndPlan();
    const { occurrenceId } = (await night.occurrences()).at(-1)!;
    await night.declareSettings.run({ tenant: TENANT, occurrenceId });
  }

  async function nextNight(): Promise<void> {
    night.minutes(24 * 60);
    await night.closeWindow.run();
    await planned();
  }

  beforeEach(async () => {
    await database.admin.query({
      text: 'TRUNCATE ddm.declaration, ddm.declaration_set, ddm.set_declaration, ddm.assignment',
    });
    await night.devices({ id: 'a' }, { id: 'b' }, { id: 'other' });
    await night.declaring(true, 'a', 'b');
    await database.admin.query({
      text: `UPDATE status_ingestion.device_ddm SET declaration_types = ARRAY['com.apple.configuration.softwareupdate.settings']`,
    });
  });

  it('are declared once to the devices that take them, and only to these', async () => {
    await night.policy({ settings });
    await planned();
    expect(await settled()).toMatchObject([
      { devices: ['a', 'b'], declarations: [{ payload: settings }, { type: 'com.apple.activation.simple' }] },
    ]);
    await taken();
    await nextNight();
    expect(await settled()).toEqual([]);
  });

  it('are taken back where the policy has none any more, or the device is no longer of it', async () => {
    const { policyId } = await night.policy({ settings, assignment: { devices: ['a', 'b'] } });
    await planned();
    await taken();
    await night.policy({ settings, assignment: { devices: ['a'] } }, policyId);
    await nextNight();
    const gone = async () =>
      (await night.withdrawn()).filter((one) => one.cause === cause).flatMap((one) => one.devices);
    expect(await settled()).toEqual([]);
    expect(await gone()).toEqual(['b']);
    await night.policy({ assignment: { devices: ['a'] } }, policyId);
    await nextNight();
    expect(await gone()).toContain('a');
  });

  it('are taken back from a fleet a thousand at a time, and never what another policy gave since', async () => {
    const { policyId } = await night.policy({ settings });
    await planned();
    await taken();
    await database.admin.query(
      {
        text: `INSERT INTO ddm.assignment SELECT 'default', 'x' || n, $1, set_id, '2026-11-20T02:00:00.5Z' FROM ddm.declaration_set, generate_series(1, 1500) n`,
      },
      [cause],
    );
    await night.policy({}, policyId);
    await nextNight();
    const gone = (await night.withdrawn()).filter((one) => one.cause === cause);
    expect(gone.every(({ devices }) => devices!.length <= 1_000)).toBe(true);
    expect(new Set(gone.flatMap(({ devices }) => devices)).size).toBe(1_502);
    expect(gone.find(({ devices }) => devices!.includes('x1'))!.upTo).toBe('2026-11-20T02:00:00.501Z');
  });

  it('are taken back when their policy is removed', async () => {
    await night.policy({ settings });
    await planned();
    await taken();
    night.minutes(24 * 60);
    await night.closeWindow.run();
    await night.declareSettings.takeBack();
    expect(await night.withdrawn()).toEqual([]);
    await remove('nightly');
    await night.declareSettings.takeBack();
    expect(await night.withdrawn()).toMatchObject([{ cause, devices: ['a', 'b'] }]);
  });

  it('are refused where Apple’s schema does not allow them, with the field', async () => {
    await expect(night.policy({ settings: { Deferrals: { CombinedPeriodInDays: 400 } } })).rejects.toMatchObject({
      fields: [{ path: 'settings.Deferrals.CombinedPeriodInDays' }],
    });
  });
});
