import type { CommandGroup, EnqueueGroup, NewCommand } from './events/command.ts';
import type { ManyCommands } from './events/many-commands.ts';
import { AppError } from './errors.ts';

/** From here on commands travel in columns: fewer are easier to read one by one. */
export const MANY_COMMANDS = 50;

const ID_BYTES = 16;
const UUID_CHARACTERS = 36;
const TRACE_BYTES = 25;
const NO_TRACE = '00'.repeat(TRACE_BYTES);

type Columns = Omit<ManyCommands, 'bodyId'>;
type One = Omit<NewCommand, 'bodyId'>;

/** Of commands that came in columns, these: who passes all of them on need not make the same again. */
const origins = new WeakMap<readonly One[], Columns>();

/** Commands in columns. Throws a RangeError for an id that is no UUID. */
export function columnsOf(commands: readonly One[]): Columns {
  return origins.get(commands) ?? newColumns(commands);
}

/** Their ids, 16 bytes each, of commands that came in columns; undefined of others. */
export function idBytesOf(commands: readonly One[]): Buffer | undefined {
  const origin = origins.get(commands);
  return origin && Buffer.from(origin.commandIds, 'base64');
}

function newColumns(commands: readonly One[]): Columns {
  const deviceIds = commands.map(({ deviceId }) => deviceId);
  const commandIds = packed(
    commands.map(({ commandId }) => commandId.replaceAll('-', '')).join(''),
    commands.length * ID_BYTES,
  );
  if (!commands.some(({ traceparent }) => traceparent !== undefined)) return { deviceIds, commandIds };
  const traces = commands.map(({ traceparent }) => traceparent?.slice(3).replaceAll('-', '') ?? NO_TRACE);
  return { deviceIds, commandIds, traceparents: packed(traces.join(''), commands.length * TRACE_BYTES) };
}

/** The commands that columns hold, with lower-case ids. Throws AppError `message.invalid` where the columns differ in length. */
export function commandsIn(columns: Columns): One[] {
  const { deviceIds, commandIds, traceparents } = columns;
  const ids = uuidsOf(unpacked('commandIds', commandIds, deviceIds.length * ID_BYTES));
  if (traceparents === undefined) return deviceIds.map((deviceId, n) => ({ deviceId, commandId: ids[n]! }));
  const traces = unpacked('traceparents', traceparents, deviceIds.length * TRACE_BYTES).toString('hex');
  return deviceIds.map((deviceId, n) => {
    const traceparent = traceAt(traces, n * 2 * TRACE_BYTES);
    return { deviceId, commandId: ids[n]!, ...(traceparent !== undefined && { traceparent }) };
  });
}

/** As it travels: what is many of one body is put into columns. */
export function packGroup(group: CommandGroup): EnqueueGroup {
  if (group.commands.length < MANY_COMMANDS) return group;
  const byBody = [...Map.groupBy(group.commands, ({ bodyId }) => bodyId)];
  const many = byBody.filter(([, commands]) => commands.length >= MANY_COMMANDS);
  const few = byBody.filter(([, commands]) => commands.length < MANY_COMMANDS);
  return {
    ...group,
    commands: few.flatMap(([, commands]) => commands),
    many: many.map(([bodyId, commands]) => ({ bodyId, ...columnsOf(commands) })),
  };
}

/** Back from `packGroup`: what was named one by one, and a group of each body in columns. Throws as `commandsIn`. */
export function unpackGroups({ many = [], ...group }: EnqueueGroup): CommandGroup[] {
  const groups = many.map((one) => ({ ...group, commands: ofBody(one) }));
  return group.commands.length === 0 ? groups : [group, ...groups];
}

function ofBody({ bodyId, ...columns }: ManyCommands): NewCommand[] {
  const commands = commandsIn(columns).map((one) => Object.assign(one, { bodyId }));
  origins.set(commands, columns);
  return commands;
}

function packed(hex: string, bytes: number): string {
  const data = Buffer.from(hex, 'hex');
  if (data.length !== bytes || hex.length !== 2 * bytes)
    throw new RangeError('a command has an id or trace that is none');
  return data.toString('base64');
}

function unpacked(column: string, text: string, bytes: number): Buffer {
  const data = Buffer.from(text, 'base64');
  if (data.length === bytes) return data;
  throw new AppError('message.invalid', `${column} holds ${data.length} bytes, and not ${bytes} for its devices`);
}

const DIGITS = Buffer.from('0123456789abcdef');
const DASH = 0x2d;

/** One piece of text, cut: pieced together of its five parts, each would be copied again by who looks into it. */
function uuidsOf(bytes: Buffer): string[] {
  const text = Buffer.alloc((bytes.length / ID_BYTES) * UUID_CHARACTERS);
  let at = 0;
  for (let n = 0; n < bytes.length; n += 1) {
    const byte = bytes[n]!;
    const place = n % ID_BYTES;
    if (place === 4 || place === 6 || place === 8 || place === 10) text[at++] = DASH;
    text[at++] = DIGITS[byte >> 4]!;
    text[at++] = DIGITS[byte & 0xf]!;
  }
  const all = text.toString('latin1');
  return Array.from({ length: bytes.length / ID_BYTES }, (_, n) =>
    all.slice(n * UUID_CHARACTERS, (n + 1) * UUID_CHARACTERS),
  );
}

function traceAt(hex: string, at: number): string | undefined {
  const trace = hex.slice(at, at + 2 * TRACE_BYTES);
  if (trace === NO_TRACE) return undefined;
  return `00-${trace.slice(0, 32)}-${trace.slice(32, 48)}-${trace.slice(48)}`;
}
