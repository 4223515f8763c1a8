import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  declarationNotify,
  declarationPut,
  declarationRemove,
  declarationSetAssign,
  declarationSetChange,
  declarationTouch,
  type InputOf,
  type NewDeclaration,
} from '@lamplighter/contracts';
import { DdmBed, type Told } from './bed.ts';
import { SyncingDevice } from './device.ts';

const TEST = 'com.apple.configuration.management.test';
const test = (identifier: string, Echo = 'hello'): NewDeclaration => ({ identifier, type: TEST, payload: { Echo } });

describe('what operators do with declarations', () => {
  const bed = new DdmBed();
  let before = 0;
  beforeAll(async () => {
    await bed.start();
    for (const id of ['A', 'B']) await bed.enroll(id);
  });
  beforeEach(async () => {
    before = (await bed.told()).length;
  });
  afterAll(() => bed.stop());

  const tenant = 'default';
  const put = (declaration: NewDeclaration, notify = true) =>
    bed.requester.request(declarationPut, { tenant, declaration, notify });
  const change = (input: Partial<InputOf<typeof declarationSetChange>>) =>
    bed.requester.request(declarationSetChange, {
      tenant,
      set: 'base',
      identifier: 'one',
      isMember: true,
      notify: true,
      ...input,
    });
  const assign = (input: Partial<InputOf<typeof declarationSetAssign>>) =>
    bed.requester.request(declarationSetAssign, {
      tenant,
      set: 'base',
      deviceId: 'A',
      isAssigned: true,
      notify: true,
      ...input,
    });
  const toldSince = async (): Promise<Told[]> => (await bed.told()).slice(before);
  const idsOf = (told: readonly Told[]) => told.map(({ deviceId }) => deviceId);
  const heldBy = async (id: string) => {
    const device = new SyncingDevice(bed, id);
    await device.sync();
    return device;
  };

  it('reaches a device through a set, in whatever order it is done', async () => {
    expect(await put(test('one'))).toMatchObject({ ok: { changed: true } });
    expect(await put(test('one'))).toMatchObject({ ok: { changed: false } });
    expect(await assign({})).toEqual({ ok: { changed: true } });
    expect(await assign({})).toEqual({ ok: { changed: false } });
    expect(await toldSince()).toEqual([]);
    expect(await change({})).toEqual({ ok: { changed: true } });
    expect(await change({})).toEqual({ ok: { changed: false } });
    const told = await toldSince();
    expect(idsOf(told)).toEqual(['A']);
    const device = await heldBy('A');
    expect([...device.held.keys()]).toEqual(['one']);
    expect(device.token).toBe(told[0]!.token);
  });

  it('tells the devices of a changed declaration once, and nobody where nothing changed', async () => {
    await assign({ deviceId: 'B' });
    await put(test('one', 'new'));
    await put(test('one', 'new'));
    const told = await toldSince();
    expect(idsOf(told)).toEqual(['B', 'A', 'B']);
    expect((await heldBy('B')).held.get('one')?.Payload).toEqual({ Echo: 'new' });
  });

  it('is quiet where notify is false, and told with the next change', async () => {
    await put(test('two'), false);
    await change({ identifier: 'two', notify: false });
    expect(await toldSince()).toEqual([]);
    expect((await heldBy('A')).held.size).toBe(2);
    await change({ identifier: 'two', isMember: false, notify: false });
    await put(test('one', 'newer'));
    expect(idsOf(await toldSince())).toEqual(['A', 'B']);
  });

  it('touches a declaration: another token, the same content', async () => {
    const device = await heldBy('A');
    const former = device.held.get('one')!;
    await bed.requester.request(declarationTouch, { tenant, identifier: 'one', notify: true });
    expect(idsOf(await toldSince())).toEqual(['A', 'B']);
    await device.sync();
    expect(device.held.get('one')?.Payload).toEqual(former.Payload);
    expect(device.held.get('one')?.ServerToken).not.toBe(former.ServerToken);
    expect(await put(test('one', 'newer'))).toMatchObject({ ok: { changed: false } });
  });

  it('tells those that are named, once each, though nothing changed', async () => {
    const named = { tenant, deviceIds: ['A'], sets: ['base'], identifiers: ['one'] };
    expect(await bed.requester.request(declarationNotify, named)).toEqual({ ok: { devices: 1 } });
    expect(idsOf(await toldSince()).toSorted()).toEqual(['A', 'B']);
  });

  it('refuses what is wrong and changes nothing', async () => {
    const refused = (code: string) => expect.objectContaining({ error: expect.objectContaining({ code }) });
    expect(await put({ ...test('bad'), payload: {} })).toMatchObject({
      error: { code: 'declaration.invalid', fields: [{ path: 'payload.Echo', message: 'is missing' }] },
    });
    expect(await put({ ...test('nul'), payload: { Echo: '\0' } })).toEqual(refused('declaration.invalid'));
    expect(await put({ ...test('big'), payload: { Echo: 'x'.repeat(300_000) } })).toEqual(
      refused('declaration.too-large'),
    );
    expect(await put(test('io.lamplighter.status.x'))).toEqual(refused('declaration.reserved'));
    expect(await change({ identifier: 'none' })).toEqual(refused('declaration.not-found'));
    const remove = (identifier: string) => bed.requester.request(declarationRemove, { tenant, identifier });
    expect(await remove('one')).toEqual(refused('declaration.conflict'));
    expect(await remove('none')).toEqual({ ok: { changed: false } });
    expect(await remove('two')).toEqual({ ok: { changed: true } });
    expect(await toldSince()).toEqual([]);
    expect(await bed.rows(`SELECT identifier FROM ddm.declaration`)).toEqual([{ identifier: 'one' }]);
  });

  it('keeps tenants apart', async () => {
    await bed.requester.request(declarationPut, { tenant: 'other', declaration: test('one', 'theirs'), notify: true });
    await bed.requester.request(declarationSetChange, {
      tenant: 'other',
      set: 'base',
      identifier: 'one',
      isMember: true,
      notify: true,
    });
    expect(await toldSince()).toEqual([]);
    expect((await heldBy('A')).held.get('one')?.Payload).toEqual({ Echo: 'newer' });
  });

  it('takes all sets back at once', async () => {
    await assign({ set: 'second' });
    expect(await assign({ set: undefined, isAssigned: false })).toEqual({ ok: { changed: true } });
    expect(idsOf(await toldSince())).toEqual(['A']);
    expect((await heldBy('A')).held.size).toBe(0);
    expect((await heldBy('B')).held.size).toBe(1);
  });
});
