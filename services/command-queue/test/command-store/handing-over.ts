import { expect, it } from '@jest/globals';
import { certificateOf, commandId, connect, enrollment, minutes, START, terms } from '../fixtures.ts';
import { grace, type StoreBed } from './bed.ts';

/** What both stores promise of enqueueing, handing over and answers. */
export function handingOver(bed: StoreBed): void {
  const { enqueue, meet, nextOf, finished } = bed;

  it('hands commands over by priority, then age', async () => {
    await enqueue([terms('Old', ['a'], { priority: 10 })]);
    await enqueue([terms('Young', ['a'], { priority: 10 }), terms('Urgent', ['a'], { priority: 0 })], minutes(1));
    expect(await nextOf(connect('a'), minutes(2))).toBe('Urgent');
    expect(await nextOf(connect('a', 'Acknowledged', 'Urgent'), minutes(2))).toBe('Old');
    expect(await nextOf(connect('a', 'Error', 'Old'), minutes(2))).toBe('Young');
    expect(await nextOf(connect('a', 'CommandFormatError', 'Young'), minutes(2))).toBeUndefined();
    expect(await finished('Old', 'a')).toMatchObject({ outcome: 'Error', cause: 'rollout-1', requestType: 'Old' });
  });

  it('hands a command over again, under its id, until it is answered', async () => {
    await enqueue([terms('Scan', ['a'])]);
    const first = await meet(connect('a'));
    expect((await meet(connect('a'))).next).toEqual(first.next);
    expect(first.next).toMatchObject({ commandId: commandId('Scan', 'a'), requestType: 'Scan' });
  });

  it('keeps a NotNow command for the next connection', async () => {
    await enqueue([terms('First', ['a'], { priority: 1 }), terms('Second', ['a'], { priority: 2 })]);
    expect(await nextOf(connect('a'))).toBe('First');
    expect(await nextOf(connect('a', 'NotNow', 'First'))).toBe('Second');
    expect(await nextOf(connect('a', 'Acknowledged', 'Second'))).toBeUndefined();
    expect(await nextOf(connect('a'))).toBe('First');
  });

  it('counts a NotNow once, however often it is repeated', async () => {
    await enqueue([terms('First', ['a'])]);
    await meet(connect('a'));
    expect((await meet(connect('a', 'NotNow', 'First'))).answered?.notNowCount).toBe(1);
    expect((await meet(connect('a', 'NotNow', 'First'))).answered?.notNowCount).toBe(1);
    await meet(connect('a'));
    expect((await meet(connect('a', 'NotNow', 'First'))).answered?.notNowCount).toBe(2);
  });

  it('hands nothing over from its expiry on', async () => {
    await enqueue([terms('Schedule', ['a', 'b'], { expiresAt: minutes(10) })]);
    expect(await nextOf(connect('a'), new Date(minutes(10).getTime() - 1))).toBe('Schedule');
    expect(await nextOf(connect('a'), minutes(10))).toBeUndefined();
    expect(await nextOf(connect('b'), minutes(10))).toBeUndefined();
  });

  it('hands nothing over before its start', async () => {
    await enqueue([terms('Poll', ['a'], { notBefore: minutes(10) })]);
    expect(await nextOf(connect('a'), minutes(9))).toBeUndefined();
    expect(await nextOf(connect('a'), minutes(10))).toBe('Poll');
  });

  it('changes nothing for a repeated command, pending or finished', async () => {
    expect(await enqueue([terms('Scan', ['a', 'b'])])).toEqual([2]);
    expect(await enqueue([terms('Scan', ['a', 'b'])])).toEqual([0]);
    await meet(connect('a'));
    await meet(connect('a', 'Acknowledged', 'Scan'));
    expect(await enqueue([terms('Scan', ['a', 'b'])], minutes(300))).toEqual([0]);
    expect(await nextOf(connect('a'))).toBeUndefined();
  });

  it('takes a command that stands twice in one batch once', async () => {
    expect((await enqueue([terms('Scan', ['a']), terms('Scan', ['a'])])).toSorted()).toEqual([0, 1]);
  });

  it('queues only for devices that are enrolled', async () => {
    await bed.db.transaction((tx) => bed.enrollments.leave(tx, 'default', ['b'], START));
    expect(await enqueue([terms('Scan', ['a', 'b', 'stranger'])])).toEqual([1]);
  });

  it('knows which devices are not enrolled, or no longer', async () => {
    await bed.db.transaction((tx) => bed.enrollments.leave(tx, 'default', ['b'], minutes(1)));
    const absent = await bed.db.transaction((tx) => bed.enrollments.absent(tx, 'default', ['a', 'b', 'stranger']));
    expect(absent.toSorted()).toEqual(['b', 'stranger']);
  });

  it('tells a stranger from a wrong certificate, and gives neither anything', async () => {
    await enqueue([terms('Scan', ['a'])]);
    const wrong = { ...connect('a'), certificateHash: certificateOf('b') };
    expect(await meet(wrong)).toEqual({ identity: 'wrong-certificate', answered: null, next: null });
    expect(await meet(connect('stranger'))).toEqual({ identity: 'unrecognized', answered: null, next: null });
    expect(await meet({ ...wrong, commandId: commandId('Scan', 'a'), status: 'Acknowledged' })).toMatchObject({
      answered: null,
    });
    expect(await nextOf(connect('a'))).toBe('Scan');
  });

  it("never lets a device answer another device's command", async () => {
    await enqueue([terms('Scan', ['a', 'b'])]);
    await meet(connect('b'));
    const theft = { ...connect('a'), commandId: commandId('Scan', 'b'), status: 'Acknowledged' as const };
    expect(await meet(theft)).toMatchObject({ identity: 'ok', answered: null, next: { requestType: 'Scan' } });
    expect((await meet(connect('b', 'Acknowledged', 'Scan'))).answered?.requestType).toBe('Scan');
  });

  it('gives the next command after an answer that matches nothing', async () => {
    await enqueue([terms('Scan', ['a'])]);
    const row = await meet(connect('a', 'Acknowledged', 'Never'));
    expect(row).toMatchObject({ identity: 'ok', answered: null, next: { requestType: 'Scan' } });
  });

  it('keeps tenants apart', async () => {
    await bed.db.transaction((tx) => bed.enrollments.begin(tx, enrollment('a', 'other')));
    expect(await enqueue([terms('Scan', ['a']), terms('Scan', ['a'], { tenant: 'other' })])).toEqual([1, 1]);
    await meet(connect('a'));
    await meet(connect('a', 'Acknowledged', 'Scan'));
    expect(await finished('Scan', 'a', 'other')).toBeUndefined();
    expect(await nextOf(connect('a', null, undefined, 'other'))).toBe('Scan');
  });

  it('serves many devices in one batch, each in its place', async () => {
    await enqueue([terms('Scan', ['b'])]);
    const rows = await bed.db.transaction((tx) =>
      bed.commands.exchange(tx, [connect('stranger'), connect('b'), connect('a')], START, grace),
    );
    expect(rows.map((row) => [row.identity, row.next?.requestType])).toEqual([
      ['unrecognized', undefined],
      ['ok', 'Scan'],
      ['ok', undefined],
    ]);
  });

  it('offers a NotNow command again on the next connection, behind what comes before it, and only once', async () => {
    await enqueue([terms('A', ['a'], { priority: 1 }), terms('B', ['a'], { priority: 2 })]);
    await meet(connect('a'));
    await meet(connect('a', 'NotNow', 'A'), minutes(1));
    expect(await nextOf(connect('a', 'NotNow', 'B'), minutes(2))).toBeUndefined();
    expect(await nextOf(connect('a'), minutes(3))).toBe('A');
    // B was refused on the connection before this one: a device that can do A now may as well do B.
    expect(await nextOf(connect('a', 'Acknowledged', 'A'), minutes(4))).toBe('B');
    expect(await nextOf(connect('a', 'NotNow', 'B'), minutes(5))).toBeUndefined();
  });

  it('knows a device that comes back by itself from one that said something else after its NotNow', async () => {
    await enqueue([terms('A', ['a', 'b'], { priority: 1 }), terms('B', ['a', 'b'], { priority: 2 })]);
    for (const each of ['a', 'b']) {
      await meet(connect(each));
      await meet(connect(each, 'NotNow', 'A'), minutes(1));
    }
    await meet(connect('a', 'NotNow', 'B'), minutes(2));
    await meet(connect('b', 'Acknowledged', 'B'), minutes(2));
    const due = await bed.db.transaction((tx) => bed.commands.takeDue(tx, minutes(60), 10));
    expect(due.map((one) => [one.deviceId, one.requestType, one.comesBack]).toSorted()).toEqual([
      ['a', 'A', true],
      ['a', 'B', true],
      ['b', 'A', false],
    ]);
  });

  it('puts a command back after an Error, as often as it has retries, waiting twice as long each time', async () => {
    await enqueue([terms('Install', ['a'], { retries: 2 })]);
    await meet(connect('a'));
    expect((await meet(connect('a', 'Error', 'Install'), minutes(1))).answered).toMatchObject({
      errorCount: 1,
      willRetry: true,
    });
    expect(await nextOf(connect('a'), minutes(5))).toBeUndefined();
    expect(await nextOf(connect('a'), minutes(6))).toBe('Install');
    await meet(connect('a', 'Error', 'Install'), minutes(7));
    expect(await nextOf(connect('a'), minutes(16))).toBeUndefined();
    expect(await nextOf(connect('a'), minutes(17))).toBe('Install');
    const last = (await meet(connect('a', 'Error', 'Install'), minutes(18))).answered;
    expect(last).toMatchObject({ errorCount: 3, willRetry: false });
    expect(await finished('Install', 'a')).toMatchObject({ outcome: 'Error', errorCount: 3 });
  });

  it('takes a repeated Error for the same one, and never tries a CommandFormatError again', async () => {
    await enqueue([terms('Install', ['a', 'b'], { retries: 1 })]);
    for (const each of ['a', 'b']) await meet(connect(each));
    const first = await meet(connect('a', 'Error', 'Install'), minutes(1));
    expect((await meet(connect('a', 'Error', 'Install'), minutes(2))).answered).toEqual(first.answered);
    expect(await nextOf(connect('a'), minutes(7))).toBe('Install');
    expect((await meet(connect('b', 'CommandFormatError', 'Install'), minutes(1))).answered?.willRetry).toBe(false);
    expect(await finished('Install', 'b')).toMatchObject({ outcome: 'CommandFormatError' });
  });

  it('does not try again what would begin after its expiry', async () => {
    await enqueue([terms('Install', ['a'], { retries: 3, expiresAt: minutes(5) })]);
    await meet(connect('a'));
    await meet(connect('a', 'Error', 'Install'), minutes(1));
    expect(await finished('Install', 'a')).toMatchObject({ outcome: 'Error' });
  });
}
