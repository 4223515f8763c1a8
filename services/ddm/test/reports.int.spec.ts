import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { activation } from '@lamplighter/apple';
import type { NewDeclaration } from '@lamplighter/contracts';
import { DdmBed } from './bed.ts';
import { SyncingDevice } from './device.ts';

const TEST = 'com.apple.configuration.management.test';
const UPDATE = 'com.apple.configuration.softwareupdate.enforcement.specific';
const SIMPLE = 'com.apple.activation.simple';
/** What a device says beside code and description. */
const ABOUT = { Identifiers: ['one', 'two'] };

const later = (seconds: number) => new Date(Date.parse('2026-11-20T02:00:00Z') + seconds * 1000).toISOString();
const test = (identifier: string): NewDeclaration => ({ identifier, type: TEST, payload: { Echo: 'x' } });
const update = (identifier: string): NewDeclaration => ({
  identifier,
  type: UPDATE,
  payload: { TargetOSVersion: '26.1', TargetLocalDateTime: '2026-11-30T02:00:00' },
});
const active = (identifier: string, ...of: string[]): NewDeclaration => {
  const { payload, ...rest } = activation(identifier, of);
  return { ...rest, payload: { ...payload } };
};

describe('what devices report', () => {
  const bed = new DdmBed();
  beforeAll(async () => {
    await bed.start();
    for (const id of ['A', 'B']) await bed.enroll(id);
    const declarations = [test('test'), update('update'), active('both', 'test', 'update'), active('one', 'test')];
    await bed.assign({ declarations, devices: ['A', 'B'] }, new Date(later(0)));
  });
  afterAll(() => bed.stop());

  const report = (deviceId: string, StatusItems: object, at: string) =>
    bed.sync('status', { deviceId, receivedAt: at, data: JSON.stringify({ StatusItems, Errors: [] }) });
  const capable = (...types: string[]) => {
    const of = (kind: string) => types.filter((type) => type.startsWith(`com.apple.${kind}.`));
    const declarations = {
      activations: of('activation'),
      configurations: of('configuration'),
      assets: [],
      management: [],
    };
    return {
      management: {
        'client-capabilities': {
          'supported-versions': ['1.0.0'],
          'supported-features': {},
          'supported-payloads': { declarations, 'status-items': ['device.model.family'] },
        },
      },
    };
  };
  const heldBy = async (id: string) => {
    const device = new SyncingDevice(bed, id);
    await device.sync();
    return [...device.held.keys()].toSorted();
  };

  it('keeps from a device what it says that it cannot take, with the activations that need it; from no other', async () => {
    const before = (await bed.told()).length;
    expect(await heldBy('A')).toEqual(['both', 'one', 'test', 'update']);
    expect(await report('A', capable(TEST, SIMPLE), later(1))).toEqual({ status: 200 });
    expect((await bed.told()).slice(before).map(({ deviceId }) => deviceId)).toEqual(['A']);
    expect(await heldBy('A')).toEqual(['one', 'test']);
    expect((await bed.sync('declaration/configuration/update', { deviceId: 'A' })).status).toBe(404);
    expect(await heldBy('B')).toEqual(['both', 'one', 'test', 'update']);
    expect(await bed.rows(`SELECT left_out FROM ddm.device_v1 WHERE device_id = 'A'`)).toEqual([
      { left_out: ['both', 'update'] },
    ]);
  });

  it('gives it that as soon as it can, and says nothing to a device whose declarations stay the same', async () => {
    const before = (await bed.told()).length;
    await report('A', capable(TEST, SIMPLE, UPDATE), later(2));
    await report('A', capable(UPDATE, SIMPLE, TEST), later(3));
    await report('B', capable(TEST, SIMPLE, UPDATE), later(3));
    expect((await bed.told()).slice(before).map(({ deviceId }) => deviceId)).toEqual(['A']);
    expect(await heldBy('A')).toEqual(['both', 'one', 'test', 'update']);
    expect(await bed.rows('SELECT FROM ddm.capabilities')).toHaveLength(2);
  });

  const declared = (identifier: string, valid = 'valid') => ({
    identifier,
    'server-token': 't',
    active: valid === 'valid',
    valid,
    ...(valid === 'valid'
      ? {}
      : { reasons: [{ code: 'Error.X', description: 'so', details: ABOUT }, {}, 'no reason'] }),
  });
  const statuses = () =>
    bed.rows(`SELECT identifier, active, valid, reasons FROM ddm.declaration_status
               WHERE device_id = 'A' ORDER BY kind, identifier`);

  it('keeps what it says of each declaration, until it says otherwise', async () => {
    const first = { configurations: [declared('test'), declared('update', 'invalid'), declared('nobody’s')] };
    await report('A', { management: { declarations: { ...first, activations: [declared('one')] } } }, later(10));
    const [one, ofTest, ofUpdate] = [
      { identifier: 'one', active: true, valid: 'valid', reasons: [] },
      { identifier: 'test', active: true, valid: 'valid', reasons: [] },
      {
        identifier: 'update',
        active: false,
        valid: 'invalid',
        reasons: [{ code: 'Error.X', description: 'so', details: ABOUT }],
      },
    ];
    expect(await statuses()).toEqual([one, ofTest, ofUpdate]);
    await report('A', { management: { declarations: { configurations: [declared('test', 'unknown')] } } }, later(9));
    expect(await statuses()).toEqual([one, ofTest, ofUpdate]);
    await report('A', { management: { declarations: { configurations: [declared('test')] } } }, later(11));
    expect(await statuses()).toEqual([one, ofTest]);
  });

  it('takes reports of one instant, and a repeat once', async () => {
    const count = async () => (await bed.rows('SELECT FROM ddm.status_report')).length;
    const before = await count();
    const at = later(20);
    const replies = await Promise.all([
      report('A', { device: { model: { family: 'Mac' } } }, at),
      report('A', { device: { model: { family: 'iPad' } } }, at),
      report('A', { device: { model: { family: 'Mac' } } }, at),
      report('B', { device: { model: { family: 'Mac' } } }, at),
      bed.sync('status', { deviceId: 'B', receivedAt: at, data: '{"StatusItems":"\\u0000"}' }),
      bed.sync('tokens', { deviceId: 'B' }),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 400, 200]);
    expect(await count()).toBe(before + 3);
  });

  it('notes when it synced, and when it reported', async () => {
    await heldBy('A');
    const [row] = await bed.rows<Record<string, unknown>>(
      `SELECT synced_token = declarations_token AS "isCurrent", told_token = synced_token AS "isTold", reported_at
         FROM ddm.device_v1 WHERE device_id = 'A'`,
    );
    expect(row).toEqual({ isCurrent: true, isTold: true, reported_at: new Date(later(20)) });
  });
});
