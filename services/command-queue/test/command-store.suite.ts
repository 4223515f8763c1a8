import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '@lamplighter/runtime';
import { dueTermsOf } from '../src/config.ts';
import { decideDue } from '../src/domain/due.ts';
import type { CommandStore, CommandTerms, ExchangeItem } from '../src/ports/commands.ts';
import type { EnrollmentStore } from '../src/ports/enrollments.ts';
import { certificateOf, commandId, connect, enrollment, minutes, settings, START, terms } from './fixtures.ts';

const grace = dueTermsOf(settings).answerGraceMs;

export interface Stores {
  db: Database;
  commands: CommandStore;
  enrollments: EnrollmentStore;
}

/** What both command stores promise. `fresh` gives empty ones. */
export function commandStoreSuite(name: string, fresh: () => Promise<Stores>): void {
  describe(name, () => {
    let db: Database;
    let commands: CommandStore;
    let enrollments: EnrollmentStore;

    const enroll = (...ids: string[]) =>
      db.transaction(async (tx) => {
        for (const id of ids) await enrollments.begin(tx, enrollment(id));
      });
    const enqueue = async (groups: CommandTerms[], at = START) =>
      (await db.transaction((tx) => commands.enqueue(tx, groups, at))).map((news) => news.length);
    const meet = (item: ExchangeItem, at = START) =>
      db.transaction(async (tx) => (await commands.exchange(tx, [item], at, grace))[0]!);
    const nextOf = async (item: ExchangeItem, at = START) => (await meet(item, at)).next?.requestType;
    const finished = async (what: string, deviceId: string, tenant = 'default') => {
      const keys = [{ tenant, deviceId, commandId: commandId(what, deviceId) }];
      return (await db.transaction((tx) => commands.findFinished(tx, keys)))[0];
    };
    const lookAtDue = (at: Date) =>
      db.transaction(async (tx) => {
        const due = await commands.takeDue(tx, at, 1000);
        const settled = due.map((command) => ({ command, decision: decideDue(command, at, dueTermsOf(settings)) }));
        await commands.settleDue(tx, settled, at);
        return settled.map(({ command, decision }) => [command.requestType, decision.kind]);
      });

    beforeEach(async () => {
      ({ db, commands, enrollments } = await fresh());
      await enroll('a', 'b');
    });

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
      await db.transaction((tx) => enrollments.leave(tx, 'default', ['b'], START));
      expect(await enqueue([terms('Scan', ['a', 'b', 'stranger'])])).toEqual([1]);
    });

    it('knows which devices are not enrolled, or no longer', async () => {
      await db.transaction((tx) => enrollments.leave(tx, 'default', ['b'], minutes(1)));
      const absent = await db.transaction((tx) => enrollments.absent(tx, 'default', ['a', 'b', 'stranger']));
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
      await db.transaction((tx) => enrollments.begin(tx, enrollment('a', 'other')));
      expect(await enqueue([terms('Scan', ['a']), terms('Scan', ['a'], { tenant: 'other' })])).toEqual([1, 1]);
      await meet(connect('a'));
      await meet(connect('a', 'Acknowledged', 'Scan'));
      expect(await finished('Scan', 'a', 'other')).toBeUndefined();
      expect(await nextOf(connect('a', null, undefined, 'other'))).toBe('Scan');
    });

    it('serves many devices in one batch, each in its place', async () => {
      await enqueue([terms('Scan', ['b'])]);
      const rows = await db.transaction((tx) =>
        commands.exchange(tx, [connect('stranger'), connect('b'), connect('a')], START, grace),
      );
      expect(rows.map((row) => [row.identity, row.next?.requestType])).toEqual([
        ['unrecognized', undefined],
        ['ok', 'Scan'],
        ['ok', undefined],
      ]);
    });

    it('voids the queues of named devices alone', async () => {
      await enqueue([terms('Scan', ['a', 'b'])]);
      expect(await nextOf(connect('a'))).toBe('Scan');
      await enqueue([terms('List', ['a'])]);
      const voided = await db.transaction((tx) => commands.voidQueues(tx, 'default', ['a'], START));
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
      await db.transaction((tx) => commands.recordLate(tx, [{ ...unanswered, reported: 'Acknowledged' }]));
      await db.transaction((tx) => commands.recordLate(tx, [{ ...unanswered, reported: 'Error' }]));
      expect((await finished('Schedule', 'a'))?.outcome).toBe('Acknowledged');
    });

    it('says whether a push could reach the device', async () => {
      await enqueue([terms('Scan', ['a', 'b'])]);
      const tokens = { topic: 'com.apple.mgmt.test', pushAddress: Buffer.from('sealed'), unlockToken: null };
      await db.transaction(async (tx) => {
        await enrollments.setTokens(tx, { tenant: 'default', deviceId: 'a' }, tokens, START);
        await enrollments.setTokens(tx, { tenant: 'default', deviceId: 'b' }, tokens, minutes(2));
        await enrollments.markGone(
          tx,
          'default',
          ['a', 'b'].map((deviceId) => ({ deviceId, goneAt: minutes(1) })),
        );
      });
      const due = await db.transaction((tx) => commands.takeDue(tx, minutes(10), 10));
      expect(Object.fromEntries(due.map((command) => [command.deviceId, command.reachable]))).toEqual({
        a: false,
        b: true,
      });
    });

    it('is due at once when a device becomes reachable', async () => {
      await enqueue([terms('Scan', ['a']), terms('Later', ['a'], { notBefore: minutes(60) })]);
      await db.transaction((tx) => commands.makeDue(tx, 'default', 'a', minutes(1)));
      expect(await lookAtDue(minutes(1))).toEqual([['Scan', 'push']]);
    });

    it('revokes what no device has in hand, and refuses what was sent for earlier', async () => {
      await enqueue([terms('Schedule', ['a', 'b']), terms('Other', ['b'], { cause: 'rollout-2', priority: 50 })]);
      await meet(connect('a'));
      const of = { tenant: 'default', cause: 'rollout-1' };
      await db.transaction((tx) => commands.refuseCause(tx, of.tenant, of.cause, minutes(5)));
      const last = await db.transaction((tx) => commands.revoke(tx, of, null, 10, minutes(5)));
      expect(last).toMatchObject({ deviceId: 'b', commandId: commandId('Schedule', 'b') });
      expect(await db.transaction((tx) => commands.revoke(tx, of, last, 10, minutes(5)))).toBeNull();
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
      const recall = () => db.transaction((tx) => commands.recall(tx, 'rollout-1', named, minutes(5)));
      const gone = await recall();
      expect(gone).toMatchObject([{ deviceId: 'b', requestType: 'Schedule', cause: 'rollout-1', state: 'queued' }]);
      expect(await finished('Schedule', 'b')).toMatchObject({ outcome: 'revoked' });
      expect(await recall()).toEqual([]);
      expect(await nextOf(connect('b'), minutes(5))).toBe('Other');
      expect(await enqueue([terms('Again', ['b'], { sentForAt: minutes(4) })], minutes(6))).toEqual([1]);
    });

    it('recalls nothing where the order comes after it, and all of it the next time', async () => {
      const named = [{ tenant: 'default', deviceId: 'a', commandId: commandId('Schedule', 'a') }];
      const recall = (at: Date) => db.transaction((tx) => commands.recall(tx, 'rollout-1', named, at));
      expect(await recall(minutes(1))).toEqual([]);
      expect(await enqueue([terms('Schedule', ['a'])], minutes(2))).toEqual([1]);
      expect(await recall(minutes(3))).toMatchObject([{ deviceId: 'a', requestType: 'Schedule' }]);
      expect(await nextOf(connect('a'), minutes(3))).toBeUndefined();
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
      const due = await db.transaction((tx) => commands.takeDue(tx, minutes(60), 10));
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

    const supersede = async (group: CommandTerms, at = START) => {
      const winners = group.commands.map(({ deviceId, commandId: id }) => ({
        tenant: group.tenant,
        deviceId,
        commandId: id,
        slot: group.slot!,
      }));
      const ended = await db.transaction((tx) => commands.supersede(tx, winners, at));
      return ended.map((one) => [one.deviceId, one.commandId, one.newer]).toSorted();
    };
    const wifi = { requestType: 'InstallProfile', purpose: 'wifi' };

    it('gives the place of an undelivered command to a newer one of its request type and purpose, not of another', async () => {
      const newer = terms('Newer', ['a'], wifi);
      await enqueue([terms('Older', ['a', 'b'], wifi), terms('Other', ['a'], { ...wifi, purpose: 'mail' })]);
      await enqueue([newer], minutes(1));
      expect(await supersede(newer, minutes(1))).toEqual([['a', commandId('Older', 'a'), commandId('Newer', 'a')]]);
      expect(await finished('Older', 'a')).toMatchObject({ outcome: 'superseded' });
      expect(await nextOf(connect('b'), minutes(2))).toBe('InstallProfile');
      expect((await meet(connect('a'), minutes(2))).next?.commandId).toBe(commandId('Other', 'a'));
      expect((await meet(connect('a', 'Acknowledged', 'Other'), minutes(2))).next?.commandId).toBe(
        commandId('Newer', 'a'),
      );
    });

    const update = { requestType: 'ScheduleOSUpdate' };

    it('gives a device no second ScheduleOSUpdate while it has one in hand, up to the grace after its expiry', async () => {
      await enqueue([terms('First', ['a'], { ...update, expiresAt: minutes(10) })]);
      await meet(connect('a'));
      const second = terms('Second', ['a'], update);
      await enqueue([second, terms('Scan', ['a'], { priority: 50 })], minutes(1));
      expect(await supersede(second)).toEqual([]);
      expect((await meet(connect('a'), minutes(2))).next?.commandId).toBe(commandId('First', 'a'));
      expect(await nextOf(connect('a'), minutes(24))).toBe('Scan');
      expect((await meet(connect('a'), minutes(25))).next?.commandId).toBe(commandId('Second', 'a'));
    });

    it('ends a ScheduleOSUpdate that comes back undone once a newer one waits', async () => {
      await enqueue([terms('First', ['a'], { ...update, retries: 3 })]);
      await meet(connect('a'));
      const second = terms('Second', ['a'], update);
      await enqueue([second], minutes(1));
      await supersede(second, minutes(1));
      expect((await meet(connect('a', 'NotNow', 'First'), minutes(2))).next?.commandId).toBe(commandId('Second', 'a'));
      await meet(connect('a', 'Acknowledged', 'Second'), minutes(3));
      expect(await nextOf(connect('a'), minutes(4))).toBeUndefined();
      expect(await lookAtDue(minutes(4))).toEqual([['ScheduleOSUpdate', 'finish']]);
      expect(await finished('First', 'a')).toMatchObject({ outcome: 'superseded' });
    });

    it('cancels what no device has in hand, by id or all of a device', async () => {
      await enqueue([terms('Scan', ['a', 'b']), terms('List', ['a', 'b']), terms('Info', ['a'])]);
      await meet(connect('a'));
      const inHand = (await meet(connect('a'))).next!.commandId;
      const cancel = (deviceIds: string[], id?: string) =>
        db.transaction((tx) =>
          commands.cancel(tx, { tenant: 'default', deviceIds, ...(id === undefined ? {} : { commandId: id }) }, START),
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
      const known = await db.transaction((tx) => commands.findKnown(tx, keys, START));
      expect(known.map((key) => key.deviceId).toSorted()).toEqual(['a', 'b']);
    });

    it('drops finished days that are older than they are kept', async () => {
      const day = (count: number) => minutes(count * 24 * 60);
      await enqueue([terms('Scan', ['a'])]);
      await meet(connect('a', 'Acknowledged', 'Scan'));
      await db.transaction((tx) => commands.keepHistory(tx, START, 2));
      await db.transaction((tx) => commands.keepHistory(tx, day(2), 2));
      expect(await finished('Scan', 'a')).toBeDefined();
      await db.transaction((tx) => commands.keepHistory(tx, day(3), 2));
      expect(await finished('Scan', 'a')).toBeUndefined();
    });
  });
}
