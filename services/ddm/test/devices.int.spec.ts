import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { commandEnded, deviceEnrolled, deviceObserved, type ItemOf } from '@lamplighter/contracts';
import { randomUUID } from 'node:crypto';
import { AT, DdmBed } from './bed.ts';
import { SyncingDevice } from './device.ts';

type Enrolled = ItemOf<typeof deviceEnrolled>;
const CAPABLE = randomUUID();

describe('devices', () => {
  const bed = new DdmBed();
  let before = 0;
  beforeAll(() => bed.start());
  beforeEach(async () => {
    before = (await bed.told()).length;
  });
  afterAll(() => bed.stop());

  const enrolled = async (deviceId: string, facts: Enrolled['facts'], more: Partial<Enrolled> = {}) =>
    bed.send(deviceEnrolled, [{ deviceId, kind: 'device', generation: 1, at: AT, facts, ...more }]);
  const known = (deviceId: string, platform: string, osVersion: string) =>
    bed.rows(
      `INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, os_version, updated_at)
       VALUES ('default', $1, true, 1, $2, $3, now())
       ON CONFLICT (tenant, device_id) DO UPDATE SET os_version = EXCLUDED.os_version`,
      [deviceId, platform, osVersion],
    );
  const toldSince = async () => (await bed.told()).slice(before).map(({ deviceId }) => deviceId);
  const subscribed = async (id: string): Promise<string[]> => {
    const device = new SyncingDevice(bed, id);
    await device.sync();
    const [one] = [...device.held.values()].filter(({ Type }) => Type.endsWith('status-subscriptions'));
    const [active] = [...device.held.values()].filter(({ Type }) => Type === 'com.apple.activation.simple');
    if (one === undefined) return [];
    expect(active?.Payload).toEqual({ StandardConfigurations: [one.Identifier] });
    return (one.Payload as { StatusItems: { Name: string }[] }).StatusItems.map(({ Name }) => Name);
  };

  it('keeps what a device has said that it can take since it enrolled, and forgets what it said before', async () => {
    const capable = (deviceId: string, at: string) =>
      bed.rows(
        `WITH c AS (INSERT INTO ddm.capabilities (tenant, capabilities_id, declarations, status_items)
                    VALUES ('default', $2, '{com.apple.activation.simple}', '{}') ON CONFLICT DO NOTHING)
         INSERT INTO ddm.device (tenant, device_id, capabilities_id, reported_at) VALUES ('default', $1, $2, $3)`,
        [deviceId, CAPABLE, at],
      );
    await capable('overtaken', new Date(Date.parse(AT) + 1_000).toISOString());
    await capable('again', new Date(Date.parse(AT) - 1_000).toISOString());
    for (const id of ['overtaken', 'again']) await enrolled(id, { osVersion: '18.1' });
    const rows = await bed.rows(
      `SELECT device_id AS id, capabilities_id AS can FROM ddm.device WHERE device_id IN ('overtaken', 'again') ORDER BY 1`,
    );
    expect(rows).toEqual([
      { id: 'again', can: null },
      { id: 'overtaken', can: CAPABLE },
    ]);
  });

  it('are asked to report their OS and updates as soon as they enroll, by what their OS can report', async () => {
    const devices: [string, Enrolled['facts']][] = [
      ['MAC', { productName: 'Mac16,1', osVersion: '26.1' }],
      ['PHONE', { productName: 'iPhone15,2', osVersion: '17.4' }],
      ['OLD-MAC', { productName: 'Mac16,1', osVersion: '13.6' }],
    ];
    for (const [id, facts] of devices) {
      await bed.enroll(id);
      await enrolled(id, facts);
    }
    expect(await toldSince()).toEqual(['MAC', 'PHONE', 'OLD-MAC']);
    expect(await subscribed('MAC')).toEqual(
      expect.arrayContaining([
        'softwareupdate.install-state',
        'softwareupdate.device-id',
        'device.operating-system.version',
      ]),
    );
    const phone = await subscribed('PHONE');
    expect(phone).toContain('softwareupdate.pending-version');
    expect(phone).not.toContain('softwareupdate.device-id');
    expect((await subscribed('OLD-MAC')).every((name) => name.startsWith('device.operating-system.'))).toBe(true);
  });

  it.each([
    ['an OS without declarative management', 'V1', { productName: 'Mac16,1', osVersion: '12.7' }, {}],
    ['an iOS that has it for User Enrollments alone', 'V2', { productName: 'iPhone10,1', osVersion: '15.8' }, {}],
    ['an unknown OS', 'V3', {}, {}],
    ['a user channel', 'V1:user', { productName: 'Mac16,1', osVersion: '26.1' }, { kind: 'user' as const }],
  ])('are left alone with %s', async (_what, id, facts, more) => {
    await bed.enroll(id);
    await enrolled(id, facts, more);
    expect(await toldSince()).toEqual([]);
    expect(await subscribed(id)).toEqual([]);
  });

  it('of another server are not woken, and get theirs where their sync comes here', async () => {
    await bed.enroll('THEIRS', { source: 'nano' });
    await enrolled('THEIRS', { productName: 'Mac16,1', osVersion: '26.1' });
    expect(await toldSince()).toEqual([]);
    const items = await bed.sync('declaration-items', {
      deviceId: 'THEIRS',
      certificateHash: undefined,
      source: 'nano',
    });
    expect(items.body).toContain('io.lamplighter.status.');
  });

  it('that were updated report what their new OS can', async () => {
    const observed = (deviceId: string, osVersion: string) =>
      bed.send(deviceObserved, [
        { deviceId, reportId: randomUUID(), at: AT, observation: { kind: 'facts', osVersion } },
      ]);
    await known('V1', 'macOS', '14.5');
    await observed('V1', '14.5');
    await observed('V1', '14.5');
    expect(await toldSince()).toEqual(['V1']);
    expect(await subscribed('V1')).toContain('softwareupdate.install-state');
    await known('V1', 'macOS', '26.0');
    await observed('V1', '26.0');
    expect(await toldSince()).toEqual(['V1', 'V1']);
    expect(await subscribed('V1')).toContain('softwareupdate.device-id');
  });

  describe('that have not said what they take', () => {
    const TEST = 'com.apple.configuration.management.test';
    const SETTINGS = 'com.apple.configuration.softwareupdate.settings';
    const declarations = [
      { identifier: 'test', type: TEST, payload: { Echo: 'all' } },
      { identifier: 'test.on', type: 'com.apple.activation.simple', payload: { StandardConfigurations: ['test'] } },
      { identifier: 'settings', type: SETTINGS, payload: { AllowStandardUserOSUpdates: true } },
      {
        identifier: 'settings.on',
        type: 'com.apple.activation.simple',
        payload: { StandardConfigurations: ['settings'] },
      },
      { identifier: 'newer', type: 'com.apple.configuration.of-tomorrow', payload: {} },
    ];
    const has = async (id: string) => {
      const device = new SyncingDevice(bed, id);
      await device.sync();
      return [...device.held.keys()].filter((name) => !name.startsWith('io.lamplighter.')).toSorted();
    };
    const give = (...devices: string[]) => bed.assign({ cause: 'presumed', declarations, devices });

    it('get what all of their OS take, and the rest once they say so', async () => {
      await bed.enroll('NEW');
      await enrolled('NEW', { productName: 'Mac16,1', osVersion: '14.5' });
      await give('NEW');
      expect(await has('NEW')).toEqual(['test', 'test.on']);
      expect(await bed.rows(`SELECT left_out FROM ddm.device_v1 WHERE device_id = 'NEW'`)).toEqual([
        { left_out: ['newer', 'settings', 'settings.on'] },
      ]);
      const told = (await toldSince()).length;
      const takes = {
        activations: ['com.apple.activation.simple'],
        configurations: [TEST, 'com.apple.configuration.of-tomorrow'],
      };
      const capabilities = { 'supported-payloads': { declarations: takes, 'status-items': [] } };
      const data = JSON.stringify({ StatusItems: { management: { 'client-capabilities': capabilities } } });
      await bed.sync('status', { deviceId: 'NEW', data });
      expect((await toldSince()).slice(told)).toEqual(['NEW']);
      expect(await has('NEW')).toEqual(['newer', 'test', 'test.on']);
    });

    it('get more as their OS takes more', async () => {
      await bed.enroll('RISING');
      await enrolled('RISING', { productName: 'Mac16,1', osVersion: '12.7' });
      await give('RISING');
      expect(await has('RISING')).toEqual([]);
      expect(await toldSince()).toEqual([]);
      await known('RISING', 'macOS', '14.5');
      await bed.send(deviceObserved, [
        { deviceId: 'RISING', reportId: randomUUID(), at: AT, observation: { kind: 'facts', osVersion: '14.5' } },
      ]);
      expect(await toldSince()).toEqual(['RISING']);
      expect(await has('RISING')).toEqual(['test', 'test.on']);
    });

    it('get all where their OS is not known, and nothing where it has no declarations', async () => {
      await bed.enroll('NAMELESS');
      await enrolled('NAMELESS', {});
      await bed.enroll('ANCIENT');
      await enrolled('ANCIENT', { productName: 'Mac16,1', osVersion: '12.7' });
      await give('NAMELESS', 'ANCIENT');
      expect(await has('NAMELESS')).toEqual(['newer', 'settings', 'settings.on', 'test', 'test.on']);
      expect(await has('ANCIENT')).toEqual([]);
      expect(await toldSince()).toEqual(['NAMELESS']);
    });

    it('get by their user channel what users take', async () => {
      await bed.enroll('RISING:user', { kind: 'user' });
      await bed.rows(`UPDATE command_queue.enrollment SET parent_id = 'RISING' WHERE device_id = 'RISING:user'`);
      await enrolled('RISING:user', {}, { kind: 'user' });
      await give('RISING:user');
      expect(await has('RISING:user')).toEqual(['test', 'test.on']);
    });
  });

  it('that enroll anew are told anew: they have forgotten all', async () => {
    const facts = { productName: 'Mac16,1', osVersion: '26.1' };
    await enrolled('MAC', facts);
    expect(await toldSince()).toEqual([]);
    await enrolled('MAC', facts, { generation: 2 });
    await enrolled('MAC', facts, { generation: 2 });
    expect(await toldSince()).toEqual(['MAC']);
  });

  it('that were away for all of their command’s time are told anew; those that had synced are not', async () => {
    const ended = (deviceId: string, outcome: 'expired' | 'superseded' | 'refused') => ({
      deviceId,
      commandId: randomUUID(),
      requestType: 'DeclarativeManagement',
      cause: 'declarations',
      endedAt: AT,
      outcome,
      handedOver: false,
      notNowCount: 0,
    });
    await subscribed('PHONE');
    await bed.send(commandEnded, [ended('PHONE', 'expired'), ended('MAC', 'expired'), ended('V1', 'superseded')]);
    await bed.send(commandEnded, [ended('OLD-MAC', 'refused')]);
    expect(await toldSince()).toEqual(['MAC']);
    const ids = (await bed.told()).map(({ commandId }) => commandId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
