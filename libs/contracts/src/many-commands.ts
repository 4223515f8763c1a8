import type { CommandGroup, EnqueueGroup, NewCommand } from './events/command.ts';
import type { ManyCommands } from './events/many-commands.ts';
import { AppError } from './errors.ts';

/** From here on commands travel in columns: fewer are easier to read one by one. */
export const MANY_COMMANDS = 50;

const ID_BYTES = 16;
const TRACE_BYTES = 25;
const NO_TRACE = '00'.repeat(TRACE_BYTES);

type Columns = Omit<ManyCommands, 'bodyId'>;
type One = Omit<NewCommand, 'bodyId'>;

/** Commands in columns. Throws a RangeError for an id that is no UUID. */
export function columnsOf(commands: readonly One[]): Columns {
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
export function commandsIn({ deviceIds, commandIds, traceparents }: Columns): One[] {
  const ids = unpacked('commandIds', commandIds, deviceIds.length * ID_BYTES);
  const traces =
    traceparents === undefined ? undefined : unpacked('traceparents', traceparents, deviceIds.length * TRACE_BYTES);
  return deviceIds.map((deviceId, n) => {
    const commandId = uuidAt(ids, n * 2 * ID_BYTES);
    const traceparent = traces && traceAt(traces, n * 2 * TRACE_BYTES);
    return traceparent === undefined ? { deviceId, commandId } : { deviceId, commandId, traceparent };
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

/** Back from `packGroup`, as far as the order of the commands matters to nobody. Throws as `commandsIn`. */
export function unpackGroup({ many, ...group }: EnqueueGroup): CommandGroup {
  if (many === undefined) return group;
  const unpackedOnes = many.flatMap(({ bodyId, ...columns }) =>
    commandsIn(columns).map((one): NewCommand => ({ ...one, bodyId })),
  );
  return { ...group, commands: group.commands.length === 0 ? unpackedOnes : [...group.commands, ...unpackedOnes] };
}

function packed(hex: string, bytes: number): string {
  const data = Buffer.from(hex, 'hex');
  if (data.length !== bytes || hex.length !== 2 * bytes)
    throw new RangeError('a command has an id or trace that is none');
  return data.toString('base64');
}

function unpacked(column: string, text: string, bytes: number): string {
  const data = Buffer.from(text, 'base64');
  if (data.length === bytes) return data.toString('hex');
  throw new AppError('message.invalid', `${column} holds ${data.length} bytes, and not ${bytes} for its devices`);
}

function uuidAt(hex: string, at: number): string {
  return `${hex.slice(at, at + 8)}-${hex.slice(at + 8, at + 12)}-${hex.slice(at + 12, at + 16)}-${hex.slice(at + 16, at + 20)}-${hex.slice(at + 20, at + 32)}`;
}

function traceAt(hex: string, at: number): string | undefined {
  const trace = hex.slice(at, at + 2 * TRACE_BYTES);
  if (trace === NO_TRACE) return undefined;
  return `00-${trace.slice(0, 32)}-${trace.slice(32, 48)}-${trace.slice(48)}`;
}
