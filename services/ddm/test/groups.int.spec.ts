import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  declarationGroupAssign,
  declarationPut,
  declarationRegroup,
  declarationSetAssign,
  declarationSetChange,
} from '@lamplighter/contracts';
import { DdmBed } from './bed.ts';
import { SyncingDevice } from './device.ts';

const tenant = 'default';
const TEST = 'com.apple.configuration.management.test';

describe('a set of a group', () => {
  const bed = new DdmBed();
  let before = 0;
  beforeAll(async () => {
    await bed.start();
    for (const id of ['A', 'B', 'C']) await bed.enroll(id);
    for (const [set, identifier] of [
      ['base', 'one'],
      ['more', 'two'],
    ] as const) {
      const declaration = { identifier, type: TEST, payload: { Echo: identifier } };
      await bed.requester.request(declarationPut, { tenant, declaration, notify: false });
      await bed.requester.request(declarationSetChange, { tenant, set, identifier, isMember: true, notify: false });
    }
  });
  beforeEach(async () => {
    before = (await bed.told()).length;
  });
  afterAll(() => bed.stop());

  const give = (group: string, set: string, isAssigned = true) =>
    bed.requester.request(declarationGroupAssign, { tenant, group, set, isAssigned });
  const regroup = (group: string, set: string, joined: string[], left: string[] = [], at = new Date()) =>
    bed.send(declarationRegroup, [{ group, set, joined, left }], { at });
  const byHand = (deviceId: string, set: string, isAssigned: boolean) =>
    bed.requester.request(declarationSetAssign, { tenant, deviceId, set, isAssigned, notify: true });
  const toldSince = async () => (await bed.told()).slice(before).map(({ deviceId }) => deviceId);
  const held = async (id: string) => {
    const device = new SyncingDevice(bed, id);
    await device.sync();
    return [...device.held.keys()].toSorted();
  };

  it('is told of once as given, and reaches those who join; a repeat tells nobody', async () => {
    expect(await give('tills', 'base')).toEqual({ ok: { changed: true } });
    expect(await give('tills', 'base')).toEqual({ ok: { changed: false } });
    await regroup('tills', 'base', ['A', 'B']);
    await regroup('tills', 'base', ['A', 'B']);
    expect((await toldSince()).toSorted()).toEqual(['A', 'B']);
    expect(await held('A')).toEqual(['one']);
    expect(await held('C')).toEqual([]);
  });

  it('stays with a device that has it by hand or of another group, and tells it nothing', async () => {
    await byHand('A', 'base', true);
    await give('desks', 'base');
    await regroup('desks', 'base', ['B']);
    expect(await toldSince()).toEqual([]);
    await regroup('tills', 'base', [], ['A', 'B']);
    expect(await toldSince()).toEqual([]);
    expect([await held('A'), await held('B')]).toEqual([['one'], ['one']]);
    await byHand('A', 'base', false);
    await regroup('desks', 'base', [], ['B']);
    expect((await toldSince()).toSorted()).toEqual(['A', 'B']);
    expect([await held('A'), await held('B')]).toEqual([[], []]);
  });

  it('adds up with what a device has for an update, and neither undoes the other', async () => {
    const declaration = { identifier: 'update', type: TEST, payload: { Echo: 'update' } };
    await regroup('tills', 'base', ['C']);
    await bed.assign({ declarations: [declaration], devices: ['C'] });
    expect(await held('C')).toEqual(['one', 'update']);
    await bed.assign({ declarations: [{ ...declaration, identifier: 'next' }], devices: ['C'] });
    expect(await held('C')).toEqual(['next', 'one']);
    await give('tills', 'more');
    await regroup('tills', 'more', ['C']);
    await bed.withdraw({ cause: 'rollout', devices: ['C'] });
    expect(await held('C')).toEqual(['one', 'two']);
  });

  it('is not given by a message that was overtaken, or that comes after it was taken from the group', async () => {
    const [early, late] = [new Date(Date.now() + 1000), new Date(Date.now() + 2000)];
    await regroup('tills', 'base', [], ['C'], late);
    await regroup('tills', 'base', ['C'], [], early);
    expect(await held('C')).toEqual(['two']);
    expect(await give('tills', 'more', false)).toEqual({ ok: { changed: true } });
    expect(await give('tills', 'more', false)).toEqual({ ok: { changed: false } });
    await regroup('tills', 'more', ['A'], ['C'], late);
    expect([await held('A'), await held('C')]).toEqual([[], []]);
  });

  it('keeps groups apart whose names run into those of sets', async () => {
    for (const [group, set] of [
      ['a:b', 'base'],
      ['a', 'b:base'],
    ] as const)
      await give(group, set);
    expect(await bed.rows(`SELECT DISTINCT cause FROM ddm.group_set WHERE group_name LIKE 'a%'`)).toHaveLength(2);
  });
});
