import { expect, it } from '@jest/globals';
import { commandId, connect, minutes, START, terms } from '../fixtures.ts';
import { type StoreBed } from './bed.ts';

/** What both stores promise of commands that wait, and of their end. */
export function ending(bed: StoreBed): void {
  const { enqueue, meet, nextOf, finished, lookAtDue } = bed;

  it('voids the queues of named devices alone', async () => {
    await enqueue([terms('Scan', ['a', 'b'])]);
    expect(await nextOf(connect('a'))).toBe('Scan');
    await enqueue([terms('List', ['a'])]);
    const voided = await bed.db.transaction((tx) => bed.commands.voidQueues(tx, 'default', ['a'], START));
    expect(voided.map(({ deviceId, requestType, state }) => [deviceId, requestType, state]).toSorted()).toEqual([
      ['a', 'List', 'queued'],
      ['a', 'Scan', 'sent'],
    ]);
    expect(await finished('Scan', 'a')).toMatchObject({ outcome: 'voided' });
    expect(await nextOf(connect('a'))).toBeUndefined();
    expect(await nextOf(connect('b'))).toBe('Scan');
  });

  it('pushes again when the device has not come, and expires what nobody fetched', async () => {
    await enqueue([terms('Schedule', ['a'], { expiresAt: minutes(15) })]);
    expect(await lookAtDue(minutes(9))).toEqual([]);
    expect(await lookAtDue(minutes(10))).toEqual([['Schedule', 'push']]);
    expect(await lookAtDue(minutes(10))).toEqual([]);
    expect(await lookAtDue(minutes(15))).toEqual([['Schedule', 'finish']]);
    expect(await finished('Schedule', 'a')).toMatchObject({ outcome: 'expired', finishedAt: minutes(15) });
  });

  it('waits for the answer of a command in hand, and takes even a later one', async () => {
    await enqueue([terms('Schedule', ['a'], { expiresAt: minutes(10) })]);
    await meet(connect('a'), minutes(9));
    expect(await lookAtDue(minutes(10))).toEqual([['Schedule', 'wait']]);
    expect(await lookAtDue(minutes(25))).toEqual([['Schedule', 'finish']]);
    const unanswered = (await finished('Schedule', 'a'))!;
    expect(unanswered.outcome).toBe('unanswered');
    await bed.db.transaction((tx) => bed.commands.recordLate(tx, [{ ...unanswered, reported: 'Acknowledged' }]));
    await bed.db.transaction((tx) => bed.commands.recordLate(tx, [{ ...unanswered, reported: 'Error' }]));
    expect((await finished('Schedule', 'a'))?.outcome).toBe('Acknowledged');
  });

  it('says whether a push could reach the device', async () => {
    await enqueue([terms('Scan', ['a', 'b'])]);
    const tokens = { topic: 'com.apple.mgmt.test', pushAddress: Buffer.from('sealed'), unlockToken: null };
    await bed.db.transaction(async (tx) => {
      await bed.enrollments.setTokens(tx, { tenant: 'default', deviceId: 'a' }, tokens, START);
      await bed.enrollments.setTokens(tx, { tenant: 'default', deviceId: 'b' }, tokens, minutes(2));
      await bed.enrollments.markGone(
        tx,
        'default',
        ['a', 'b'].map((deviceId) => ({ deviceId, goneAt: minutes(1) })),
      );
    });
    const due = await bed.db.transaction((tx) => bed.commands.takeDue(tx, minutes(10), 10));
    expect(Object.fromEntries(due.map((command) => [command.deviceId, command.reachable]))).toEqual({
      a: false,
      b: true,
    });
  });

  it('is due at once when a device becomes reachable', async () => {
    await enqueue([terms('Scan', ['a']), terms('Later', ['a'], { notBefore: minutes(60) })]);
    await bed.db.transaction((tx) => bed.commands.makeDue(tx, 'default', 'a', minutes(1)));
    expect(await lookAtDue(minutes(1))).toEqual([['Scan', 'push']]);
  });

  it('revokes what no device has in hand, and refuses what was sent for earlier', async () => {
    await enqueue([terms('Schedule', ['a', 'b']), terms('Other', ['b'], { cause: 'rollout-2', priority: 50 })]);
    await meet(connect('a'));
    const of = { tenant: 'default', cause: 'rollout-1' };
    await bed.db.transaction((tx) => bed.commands.refuseCause(tx, of.tenant, of.cause, minutes(5)));
    const last = await bed.db.transaction((tx) => bed.commands.revoke(tx, of, null, 10, minutes(5)));
    expect(last).toMatchObject({ deviceId: 'b', commandId: commandId('Schedule', 'b') });
    expect(await bed.db.transaction((tx) => bed.commands.revoke(tx, of, last, 10, minutes(5)))).toBeNull();
    expect(await nextOf(connect('b'), minutes(5))).toBe('Other');
    expect((await meet(connect('a', 'Acknowledged', 'Schedule'), minutes(6))).answered).not.toBeNull();
    expect(await enqueue([terms('Late', ['a'], { sentForAt: minutes(4) })], minutes(6))).toEqual([0]);
    expect(await enqueue([terms('New', ['a'], { sentForAt: minutes(6) })], minutes(6))).toEqual([1]);
  });

  it('recalls the very commands that are named, of their cause, unless a device has them in hand', async () => {
    await enqueue([terms('Schedule', ['a', 'b']), terms('Other', ['b'], { cause: 'rollout-2', priority: 50 })]);
    await meet(connect('a'));
    const named = [
      ...['a', 'b', 'nobody'].map((deviceId) => ({ deviceId, commandId: commandId('Schedule', deviceId) })),
      { deviceId: 'b', commandId: commandId('Other', 'b') },
    ].map((one) => ({ tenant: 'default', ...one }));
    const recall = () => bed.db.transaction((tx) => bed.commands.recall(tx, 'rollout-1', named, minutes(5)));
    const gone = await recall();
    expect(gone).toMatchObject([{ deviceId: 'b', requestType: 'Schedule', cause: 'rollout-1', state: 'queued' }]);
    expect(await finished('Schedule', 'b')).toMatchObject({ outcome: 'revoked' });
    expect(await recall()).toEqual([]);
    expect(await nextOf(connect('b'), minutes(5))).toBe('Other');
    expect(await enqueue([terms('Again', ['b'], { sentForAt: minutes(4) })], minutes(6))).toEqual([1]);
  });

  it('recalls nothing where the order comes after it, and all of it the next time', async () => {
    const named = [{ tenant: 'default', deviceId: 'a', commandId: commandId('Schedule', 'a') }];
    const recall = (at: Date) => bed.db.transaction((tx) => bed.commands.recall(tx, 'rollout-1', named, at));
    expect(await recall(minutes(1))).toEqual([]);
    expect(await enqueue([terms('Schedule', ['a'])], minutes(2))).toEqual([1]);
    expect(await recall(minutes(3))).toMatchObject([{ deviceId: 'a', requestType: 'Schedule' }]);
    expect(await nextOf(connect('a'), minutes(3))).toBeUndefined();
  });

  it('cancels what no device has in hand, by id or all of a device', async () => {
    await enqueue([terms('Scan', ['a', 'b']), terms('List', ['a', 'b']), terms('Info', ['a'])]);
    await meet(connect('a'));
    const inHand = (await meet(connect('a'))).next!.commandId;
    const cancel = (deviceIds: string[], id?: string) =>
      bed.db.transaction((tx) =>
        bed.commands.cancel(
          tx,
          { tenant: 'default', deviceIds, ...(id === undefined ? {} : { commandId: id }) },
          START,
        ),
      );
    expect(await cancel(['a'], inHand)).toMatchObject({ ended: [], inHand: [{ commandId: inHand }] });
    const one = await cancel(['b'], commandId('Scan', 'b'));
    expect(one.ended).toMatchObject([{ deviceId: 'b', requestType: 'Scan', cause: 'rollout-1' }]);
    expect(await cancel(['b'], commandId('Scan', 'b'))).toEqual({ ended: [], inHand: [] });
    const all = await cancel(['a', 'b']);
    expect([all.ended.length, all.inHand.length]).toEqual([3, 1]);
    expect(await finished('List', 'b')).toMatchObject({ outcome: 'cancelled' });
  });

  it('knows the commands that are pending or finished', async () => {
    await enqueue([terms('Scan', ['a', 'b'])]);
    await meet(connect('a'));
    await meet(connect('a', 'Acknowledged', 'Scan'));
    const keys = ['a', 'b', 'stranger'].map((deviceId) => ({
      tenant: 'default',
      deviceId,
      commandId: commandId('Scan', deviceId),
    }));
    const known = await bed.db.transaction((tx) => bed.commands.findKnown(tx, keys, START));
    expect(known.map((key) => key.deviceId).toSorted()).toEqual(['a', 'b']);
  });

  it('drops finished days that are older than they are kept', async () => {
    const day = (count: number) => minutes(count * 24 * 60);
    await enqueue([terms('Scan', ['a'])]);
    await meet(connect('a', 'Acknowledged', 'Scan'));
    await bed.db.transaction((tx) => bed.commands.keepHistory(tx, START, 2));
    await bed.db.transaction((tx) => bed.commands.keepHistory(tx, day(2), 2));
    expect(await finished('Scan', 'a')).toBeDefined();
    await bed.db.transaction((tx) => bed.commands.keepHistory(tx, day(3), 2));
    expect(await finished('Scan', 'a')).toBeUndefined();
  });
}
