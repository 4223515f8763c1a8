import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { activation, statusSubscriptions, validateDeclaration, validateDocument } from '@lamplighter/apple';
import type { NewDeclaration } from '@lamplighter/contracts';
import { DdmBed } from './bed.ts';
import { SyncingDevice } from './device.ts';

const later = (seconds: number) => new Date(Date.parse('2026-11-20T02:00:00Z') + seconds * 1000);

const update = (identifier: string, TargetOSVersion = '26.1'): NewDeclaration => ({
  identifier,
  type: 'com.apple.configuration.softwareupdate.enforcement.specific',
  payload: { TargetOSVersion, TargetLocalDateTime: '2026-11-30T02:00:00' },
});
const active = (identifier: string, ...of: string[]): NewDeclaration => {
  const { payload, ...rest } = activation(identifier, of);
  return { ...rest, payload: { ...payload } };
};

describe('declaration.assign', () => {
  const bed = new DdmBed();
  beforeAll(async () => {
    await bed.start();
    for (const id of ['A', 'B', 'C', 'A:user']) await bed.enroll(id, id.includes(':') ? { kind: 'user' } : {});
  });
  afterAll(() => bed.stop());

  it('gives devices what it names, and tells each of them once with its token', async () => {
    await bed.assign({ declarations: [update('u1'), active('a1', 'u1')], devices: ['A', 'B', 'A:user'] }, later(1));
    const told = await bed.told();
    expect(told.map(({ deviceId }) => deviceId).toSorted()).toEqual(['A', 'A:user', 'B']);
    const [{ group, token }] = told as [(typeof told)[0]];
    expect(group).toMatchObject({ cause: 'declarations', purpose: 'declarations' });
    expect(group.bodies).toHaveLength(1);
    for (const id of ['A', 'B', 'A:user']) {
      const device = new SyncingDevice(bed, id);
      await device.sync();
      expect(device.token).toBe(token);
      expect([...device.held.keys()].toSorted()).toEqual(['a1', 'u1']);
      expect(device.held.get('u1')).toMatchObject({ Type: update('u1').type, Payload: update('u1').payload });
    }
    expect(await bed.rows('SELECT FROM ddm.manifest')).toHaveLength(1);
    expect(await bed.rows('SELECT FROM ddm.declaration')).toHaveLength(2);
  });

  it('changes nothing when it comes again, and tells nobody', async () => {
    const before = (await bed.told()).length;
    await bed.assign({ declarations: [update('u1'), active('a1', 'u1')], devices: ['A', 'B'] }, later(1));
    const shuffled = { ...update('u1'), payload: Object.fromEntries(Object.entries(update('u1').payload).reverse()) };
    await bed.assign({ declarations: [active('a1', 'u1'), shuffled], devices: ['B', 'A'] }, later(2));
    expect(await bed.told()).toHaveLength(before);
  });

  it('replaces what the cause gave before, and nothing of other causes', async () => {
    await bed.assign({ cause: 'other', declarations: [update('u2')], devices: ['A'] }, later(3));
    await bed.assign({ declarations: [update('u3'), active('a3', 'u3')], devices: ['A'] }, later(4));
    const device = new SyncingDevice(bed, 'A');
    await device.sync();
    expect([...device.held.keys()].toSorted()).toEqual(['a3', 'u2', 'u3']);
    expect((await bed.sync('declaration/configuration/u1', { deviceId: 'A' })).status).toBe(404);
    expect((await bed.sync('declaration/configuration/u1', { deviceId: 'B' })).status).toBe(200);
    expect((await bed.sync('declaration/asset/u1', { deviceId: 'B' })).status).toBe(404);
    expect((await bed.sync('declaration/configuration/u1', { deviceId: 'C' })).status).toBe(404);
  });

  it('replaces the content of an identifier on every device that has it, and tells those alone', async () => {
    const before = (await bed.told()).length;
    await bed.assign({ cause: 'third', declarations: [update('u1', '26.2')], devices: ['C'] }, later(5));
    const told = (await bed.told()).slice(before);
    expect(told.map(({ deviceId }) => deviceId).toSorted()).toEqual(['A:user', 'B', 'C']);
    const device = new SyncingDevice(bed, 'B');
    await device.sync();
    expect(device.held.get('u1')?.Payload).toMatchObject({ TargetOSVersion: '26.2' });
  });

  it('is overtaken by what was sent later, in whatever order they arrive', async () => {
    await bed.withdraw({ cause: 'rollout', devices: ['A'] }, later(20));
    await bed.assign({ declarations: [update('u9')], devices: ['A'] }, later(19));
    await bed.assign({ cause: 'third', declarations: [update('u1', '26.0')], devices: ['C'] }, later(4));
    const [a, c] = [new SyncingDevice(bed, 'A'), new SyncingDevice(bed, 'C')];
    await a.sync();
    await c.sync();
    expect([...a.held.keys()]).toEqual(['u2']);
    expect(c.held.get('u1')?.Payload).toMatchObject({ TargetOSVersion: '26.2' });
  });

  it('is not taken back by what is about an earlier order, however late that is sent', async () => {
    await bed.assign({ cause: 'update', declarations: [update('u20')], devices: ['C'] }, later(20));
    await bed.assign({ cause: 'update', declarations: [update('u22')], devices: ['C'] }, later(22));
    await bed.withdraw({ cause: 'update', devices: ['C'], upTo: later(21).toISOString() }, later(24));
    const held = () =>
      bed.rows(`SELECT FROM ddm.manifest_declaration h JOIN ddm.device d USING (tenant, manifest_id)
                                  WHERE d.device_id = 'C' AND h.identifier = 'u22'`);
    expect(await held()).toHaveLength(1);
    await bed.withdraw({ cause: 'update', devices: ['C'], upTo: later(23).toISOString() }, later(24));
    expect(await held()).toEqual([]);
  });

  it('is taken back from all devices of a cause, from older messages that come late too', async () => {
    const before = (await bed.told()).length;
    await bed.withdraw({ cause: 'rollout' }, later(30));
    await bed.assign({ declarations: [update('u9')], devices: ['C'] }, later(29));
    await bed.withdraw({ cause: 'rollout' }, later(30));
    const told = (await bed.told()).slice(before);
    expect(told.map(({ deviceId }) => deviceId).toSorted()).toEqual(['A:user', 'B']);
    const device = new SyncingDevice(bed, 'B');
    await device.sync();
    expect(device.held.size).toBe(0);
    expect(device.token).toBe(told[0]!.token);
  });

  it('with a fault is set aside whole, and says what is wrong', async () => {
    const wrong = { ...update('bad'), payload: { TargetOSVersion: 26 } };
    await bed.assign({ cause: 'bad', declarations: [update('good'), wrong], devices: ['C'] }, later(40));
    expect(await bed.rows(`SELECT FROM ddm.declaration WHERE identifier IN ('good', 'bad')`)).toEqual([]);
    expect(await bed.rows(`SELECT FROM ddm.assignment WHERE cause = 'bad'`)).toEqual([]);
  });

  it('hands out nothing that Apple’s schema does not allow', async () => {
    const { payload, ...rest } = statusSubscriptions('status', ['device.operating-system.version']);
    const declarations = [{ ...rest, payload: { ...payload } }, update('u5'), active('a5', 'u5', 'status')];
    await bed.assign({ declarations, devices: ['C'] }, later(50));
    const read = async (endpoint: string) =>
      JSON.parse((await bed.sync(endpoint, { deviceId: 'C' })).body!) as { Type: string; Payload: unknown };
    expect(validateDocument('TokensResponse', await read('tokens'))).toEqual([]);
    expect(validateDocument('DeclarationItemsResponse', await read('declaration-items'))).toEqual([]);
    for (const name of ['configuration/status', 'configuration/u5', 'activation/a5']) {
      const declaration = await read(`declaration/${name}`);
      expect(validateDocument('Declaration', declaration)).toEqual([]);
      expect(validateDeclaration(declaration.Type, declaration.Payload)).toEqual([]);
    }
  });
});
