import {
  type CommandBody,
  commandEnqueue,
  type CommandGroup,
  derivedUuid,
  type ItemOf,
  message,
  packGroup,
  Priority,
  updateAdvanced,
} from '@lamplighter/contracts';
import type { Outbox, Tx } from '@lamplighter/runtime';
import type { Ask } from '../domain/advance.ts';
import { POLLS } from '../domain/update.ts';
import type { Move } from '../ports/updates.ts';
import type { StoredUpdate } from '../domain/update.ts';

const MOST_COMMANDS = 1_000;

/** A command that goes out with its update's move: `update` holds its id. */
export interface Outgoing {
  update: Pick<StoredUpdate, 'rolloutId' | 'deviceId' | 'commandId' | 'traceparent'>;
  ask: Ask;
  body: CommandBody;
}

/** The id of an update's n-th command: the same whenever it is derived. */
export function commandIdOf(update: StoredUpdate, seq: number): string {
  return derivedUuid('update', update.rolloutId, update.deviceId, seq);
}

/** Stages the commands, grouped by what they share, at most 1,000 a message. */
export async function stageCommands(
  outbox: Outbox,
  tx: Tx,
  to: { tenant: string; at: Date },
  outgoing: readonly Outgoing[],
): Promise<void> {
  for (let start = 0; start < outgoing.length; start += MOST_COMMANDS) {
    const chunk = outgoing.slice(start, start + MOST_COMMANDS);
    const id = derivedUuid('command.enqueue', ...chunk.map((one) => one.update.commandId!));
    await outbox.stage(tx, commandEnqueue, message(commandEnqueue, { id, ...to }, grouped(chunk).map(packGroup)), id);
  }
}

function grouped(outgoing: readonly Outgoing[]): CommandGroup[] {
  const groups = new Map<string, CommandGroup>();
  for (const { update, ask, body } of outgoing) {
    // Questions about what a device has taken survive an abort, which revokes by cause.
    const cause = POLLS.has(ask.step) ? `follow-up:${update.rolloutId}` : update.rolloutId;
    const key = `${cause} ${ask.expiresAt.getTime()} ${ask.notBefore?.getTime()}`;
    let group = groups.get(key);
    if (!group) {
      const notBefore = ask.notBefore === undefined ? {} : { notBefore: ask.notBefore.toISOString() };
      group = {
        cause,
        priority: Priority.update,
        ...notBefore,
        expiresAt: ask.expiresAt.toISOString(),
        bodies: [],
        commands: [],
      };
      groups.set(key, group);
    }
    if (!group.bodies.some((one) => one.bodyId === body.bodyId)) group.bodies.push(body);
    const traceparent = update.traceparent === null ? {} : { traceparent: update.traceparent };
    group.commands.push({
      deviceId: update.deviceId,
      commandId: update.commandId!,
      bodyId: body.bodyId,
      ...traceparent,
    });
  }
  return [...groups.values()];
}

/** What is told of a move. */
export interface Told {
  update: Pick<StoredUpdate, 'rolloutId' | 'deviceId' | 'version' | 'traceparent'>;
  events: readonly Omit<Move['events'][number], 'version' | 'detail'>[];
}

/** Stages one event for all that moved. */
export async function stageAdvanced(
  outbox: Outbox,
  tx: Tx,
  to: { tenant: string; at: Date },
  moves: readonly Told[],
): Promise<void> {
  for (let start = 0; start < moves.length; start += MOST_COMMANDS) {
    const chunk = moves.slice(start, start + MOST_COMMANDS);
    const id = derivedUuid(
      'update.advanced',
      ...chunk.flatMap(({ update }) => [update.rolloutId, update.deviceId, update.version]),
    );
    await outbox.stage(tx, updateAdvanced, message(updateAdvanced, { id, ...to }, chunk.flatMap(advancedOf)), id);
  }
}

function advancedOf({ update, events }: Told): ItemOf<typeof updateAdvanced>[] {
  return events.map((event) => ({
    rolloutId: update.rolloutId,
    deviceId: update.deviceId,
    from: event.from,
    to: event.to,
    at: event.at.toISOString(),
    // Undefined is absent on the wire.
    reason: event.reason ?? undefined,
    commandId: event.commandId ?? undefined,
    reportId: event.reportId ?? undefined,
    traceparent: update.traceparent ?? undefined,
  }));
}

/** A move that no device caused: the window or an operator did. */
export function moveTo(
  before: StoredUpdate,
  after: Pick<StoredUpdate, 'state' | 'reason'> & Partial<StoredUpdate>,
  detail: string,
  at: Date,
): Move {
  const update = { ...before, ...after, version: before.version + 1 };
  const event = {
    version: update.version,
    at,
    from: before.state,
    to: update.state,
    reason: update.reason,
    detail,
    commandId: update.commandId,
    reportId: null,
  };
  return { update, events: [event] };
}
