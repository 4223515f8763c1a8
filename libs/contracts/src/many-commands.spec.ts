import { describe, expect, it } from '@jest/globals';
import type { CommandGroup, NewCommand } from './events/command.ts';
import { commandEnqueue } from './events/command.ts';
import { derivedUuid } from './ids.ts';
import { columnsOf, commandsIn, idBytesOf, MANY_COMMANDS, packGroup, unpackGroups } from './many-commands.ts';
import { derivedTraceparent } from './trace.ts';

const bodyId = derivedUuid('body');
const command = (n: number, of = bodyId): NewCommand => ({
  deviceId: `"device" ${n}, ü`,
  commandId: derivedUuid('command', n),
  bodyId: of,
  ...(n % 3 === 0 && { traceparent: derivedTraceparent(n % 2, String(n)) }),
});
const groupOf = (commands: NewCommand[]): CommandGroup => ({
  cause: 'rollout',
  expiresAt: '2026-11-22T05:00:00.000Z',
  bodies: [{ bodyId, requestType: 'Scan', command: '<dict/>' }],
  commands,
});

describe('many commands', () => {
  it('come out of their columns as they went in', () => {
    const commands = Array.from({ length: 1_000 }, (_, n) => command(n));
    expect(commandsIn(columnsOf(commands))).toEqual(commands.map(({ bodyId: _, ...one }) => one));
    const plain = commands.map(({ deviceId, commandId }) => ({ deviceId, commandId }));
    expect(columnsOf(plain).traceparents).toBeUndefined();
    expect(commandsIn(columnsOf(plain))).toEqual(plain);
    expect(commandsIn(columnsOf([{ deviceId: 'a', commandId: derivedUuid('x').toUpperCase() }]))).toEqual([
      { deviceId: 'a', commandId: derivedUuid('x') },
    ]);
  });

  it('are a group of their shape, and groups of the same terms once they have arrived', () => {
    const other = derivedUuid('other');
    const some = Array.from({ length: MANY_COMMANDS }, (_, n) => command(n));
    for (const commands of [some, some.slice(1), [...some, command(1_000, other)], [command(2_000, other), ...some]]) {
      const packed = packGroup(groupOf(commands));
      expect(packed.many?.length ?? 0).toBe(commands.length < MANY_COMMANDS ? 0 : 1);
      expect(commandEnqueue.item.parse(JSON.parse(JSON.stringify(packed)))).toEqual(packed);
      const back = unpackGroups(packed);
      expect(new Set(back.flatMap((one) => one.commands))).toEqual(new Set(commands));
      for (const one of back) expect({ ...one, commands }).toEqual(groupOf(commands));
    }
  });

  it('are the same columns again where all of them are passed on, and others where some are', () => {
    const sent = packGroup(groupOf(Array.from({ length: MANY_COMMANDS }, (_, n) => command(n))));
    const [{ commands }] = unpackGroups(sent) as [CommandGroup];
    const { bodyId: _, ...columns } = sent.many![0]!;
    expect(columnsOf(commands)).toEqual(columns);
    expect(columnsOf([...commands])).toEqual(columns);
    expect(idBytesOf(commands)?.toString('base64')).toBe(columns.commandIds);
    expect(columnsOf(commands.slice(1)).deviceIds).toEqual(columns.deviceIds.slice(1));
    expect(idBytesOf(commands.slice(1))).toBeUndefined();
  });

  it('are refused where a column is shorter or longer than another', () => {
    const columns = columnsOf([command(0), command(1)]);
    for (const wrong of [
      { commandIds: columns.commandIds.slice(4) },
      { commandIds: '' },
      { commandIds: `${columns.commandIds.slice(0, -4)}====` },
      { traceparents: columns.commandIds },
      { deviceIds: ['a'] },
    ]) {
      expect(() => commandsIn({ ...columns, ...wrong })).toThrow(expect.objectContaining({ code: 'message.invalid' }));
    }
  });

  it.each(['x', '', 'zz'.repeat(16), `${derivedUuid('x')}00`, derivedUuid('x').slice(2)])(
    'never has the id %j',
    (commandId) => {
      expect(() => columnsOf([command(1), { deviceId: 'a', commandId }])).toThrow(RangeError);
    },
  );
});
