import { expect, it } from '@jest/globals';
import type { CommandTerms } from '../../src/ports/commands.ts';
import { commandId, connect, minutes, START, terms } from '../fixtures.ts';
import { type StoreBed } from './bed.ts';

/** What both stores promise of commands that take the place of others. */
export function slots(bed: StoreBed): void {
  const { enqueue, meet, nextOf, finished, lookAtDue } = bed;

  const supersede = async (group: CommandTerms, at = START) => {
    const winners = group.commands.map(({ deviceId, commandId: id }) => ({
      tenant: group.tenant,
      deviceId,
      commandId: id,
      slot: group.slot!,
    }));
    const ended = await bed.db.transaction((tx) => bed.commands.supersede(tx, winners, at));
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
}
