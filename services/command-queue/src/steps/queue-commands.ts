import {
  columnsOf,
  commandEnqueued,
  commandsEnqueued,
  derivedUuid,
  type ItemOf,
  MANY_COMMANDS,
  message,
  type NewCommand,
} from '@lamplighter/contracts';
import { CONFIG, Outbox, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { type Config, dueTermsOf } from '../config.ts';
import { enqueuedColumnsSize, enqueuedItemSize, inBatches } from '../domain/batches.ts';
import { firstDueAt } from '../domain/due.ts';
import { endedItem } from '../domain/ended.ts';
import { priorityOf } from '../domain/lanes.ts';
import { retryPolicyOf } from '../domain/retry-policy.ts';
import { slotOf } from '../domain/slot.ts';
import type { AddedCommand, CommandTerms, SlotWinner } from '../ports/commands.ts';
import { CommandStore } from '../ports/commands.ts';
import { EnrollmentStore } from '../ports/enrollments.ts';
import { announceEnded } from './announce-ended.ts';
import { type Batch, idOf, JudgeCommands, type Order, type Refused } from './judge-commands.ts';

type NewItem = ItemOf<typeof commandEnqueued>;
type NewColumns = ItemOf<typeof commandsEnqueued>;

/** Of base64, those of the first id alone. */
const ID_DIGITS = 21;

/** What was added of a group. */
interface Run {
  added: readonly AddedCommand[];
  /** Until when its devices are to be woken; undefined: nobody is asked to. */
  until: string | undefined;
}

/** What became of an order; a command that is in neither was known, or its cause is revoked. */
export interface Queued {
  added: NewCommand[];
  refused: Refused[];
}

/** Puts orders into queues and tells of it, within the caller's transaction. Repeats change nothing and announce nothing. */
@Injectable()
export class QueueCommands {
  constructor(
    private readonly outbox: Outbox,
    private readonly commands: CommandStore,
    private readonly enrollments: EnrollmentStore,
    private readonly judge: JudgeCommands,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async run(tx: Tx, orders: readonly Order[], now: Date): Promise<Map<Order, Queued>> {
    const { batches, refused } = await this.judge.run(tx, orders);
    const terms = batches.map((batch) => this.termsOf(batch, now));
    const news = terms.length === 0 ? [] : await this.commands.enqueue(tx, terms, now);
    const results = new Map<Order, Queued>();
    for (const order of orders) {
      const own = batches.flatMap((batch, index) => (batch.order === order ? [index] : []));
      const added = own.flatMap((index) => news[index]!);
      const runs = own.map((index) => ({ until: pushUntil(order, terms[index]!), added: news[index]! }));
      if (added.length < MANY_COMMANDS) await this.announceFew(tx, order, runs, now);
      else await this.announceMany(tx, order, runs, now);
      const left = own.flatMap((index) => leftOut(batches[index]!, news[index]!));
      const all = refused.filter((one) => one.order === order).concat(await this.unrecognized(tx, order, left));
      const ended = all.map((one) => refusedItem(one, now));
      await announceEnded(this.outbox, tx, { tenant: order.tenant, at: now }, ended);
      results.set(order, { added, refused: all });
    }
    await this.supersede(tx, terms, news, now);
    return results;
  }

  private termsOf({ order, group, body, commands }: Batch, now: Date): CommandTerms {
    const notBefore = group.notBefore === undefined ? undefined : new Date(group.notBefore);
    const expiresAt = new Date(group.expiresAt);
    const { retries, waitSeconds } = retryPolicyOf(body.requestType, group.retries, order.byPerson);
    const isDue = expiresAt > now && (notBefore === undefined || notBefore <= now);
    return {
      tenant: order.tenant,
      sentForAt: order.sentAt,
      cause: group.cause,
      priority: group.priority ?? priorityOf(body.requestType),
      notBefore: notBefore ?? null,
      expiresAt,
      dueAt: order.push ? firstDueAt(dueTermsOf(this.config), now, notBefore, expiresAt) : expiresAt,
      pushCount: order.push && isDue ? 1 : 0,
      noPush: !order.push,
      purpose: group.purpose ?? null,
      slot: slotOf(body.requestType, group.purpose),
      retries,
      retryWaitSeconds: waitSeconds,
      body,
      commands,
    };
  }

  private async announceFew(tx: Tx, order: Order, runs: readonly Run[], now: Date): Promise<void> {
    for (const batch of inBatches(runs.flatMap(newItems), enqueuedItemSize)) {
      const [{ deviceId, commandId }] = batch as [NewItem];
      const head = headOf(commandEnqueued, order, [deviceId, commandId], now);
      await this.outbox.stage(tx, commandEnqueued, message(commandEnqueued, head, batch), head.id);
    }
  }

  private async announceMany(tx: Tx, order: Order, runs: readonly Run[], now: Date): Promise<void> {
    for (const batch of inBatches(runs.flatMap(inColumns), enqueuedColumnsSize)) {
      const [{ deviceIds, commandIds }] = batch as [NewColumns];
      const head = headOf(commandsEnqueued, order, [deviceIds[0]!, commandIds.slice(0, ID_DIGITS)], now);
      await this.outbox.stage(tx, commandsEnqueued, message(commandsEnqueued, head, batch), head.id);
    }
  }

  /** Who waits for the answer of a device that is not enrolled would wait for ever. */
  private async unrecognized(tx: Tx, order: Order, left: readonly Omit<Refused, 'refusal'>[]): Promise<Refused[]> {
    if (left.length === 0) return [];
    const deviceIds = [...new Set(left.map(({ command }) => command.deviceId))];
    const absent = new Set(await this.enrollments.absent(tx, order.tenant, deviceIds));
    const refusal = { reason: 'unrecognized', detail: 'no device of this id is enrolled' };
    return left.filter(({ command }) => absent.has(command.deviceId)).map((one) => ({ ...one, refusal }));
  }

  /** Of several new commands of a slot the one sent last stays. */
  private async supersede(
    tx: Tx,
    terms: readonly CommandTerms[],
    news: readonly (readonly AddedCommand[])[],
    now: Date,
  ): Promise<void> {
    const winners = challenged(terms, news);
    if (winners.length === 0) return;
    const superseded = await this.commands.supersede(tx, winners, now);
    for (const [tenant, ended] of Map.groupBy(superseded, (one) => one.tenant)) {
      const items = ended.map((one) => endedItem(one, now, { outcome: 'superseded', detail: one.newer }));
      await announceEnded(this.outbox, tx, { tenant, at: now }, items);
    }
  }
}

/**
 * Derived from the order, so that what is handled twice is published once. A command is new once, so that the first names them all: an
 * order that comes again for devices that have enrolled since tells of those.
 */
function headOf({ name }: { name: string }, { tenant, id }: Order, first: [deviceId: string, id: string], at: Date) {
  return { id: derivedUuid(name, tenant, id, ...first), tenant, at };
}

function pushUntil({ senderPushes }: Order, { pushCount, expiresAt }: CommandTerms): string | undefined {
  return pushCount > 0 && senderPushes !== true ? expiresAt.toISOString() : undefined;
}

/** A device of another server is pushed by that one. */
function newItems({ until, added }: Run): NewItem[] {
  return added.map(({ deviceId, commandId, source, traceparent }) => ({
    deviceId,
    commandId,
    pushUntil: source === undefined ? until : undefined,
    traceparent,
  }));
}

function inColumns({ until, added }: Run): NewColumns[] {
  const isOthers = ({ source }: AddedCommand): boolean => source !== undefined;
  if (added.some(isOthers)) {
    const own = inColumns({ until, added: added.filter((one) => !isOthers(one)) });
    const others = added.filter(isOthers).map(({ source: _, ...one }) => one);
    return [...own, ...inColumns({ until: undefined, added: others })];
  }
  const parts = inBatches(added, enqueuedItemSize);
  const columns = parts.length === 1 ? [columnsOf(added)] : parts.map(columnsOf);
  return columns.map((one) => (until === undefined ? one : { ...one, pushUntil: until }));
}

function leftOut({ order, group, body, commands }: Batch, added: readonly NewCommand[]): Omit<Refused, 'refusal'>[] {
  if (added.length === commands.length) return [];
  const isNew = new Set(added.map(idOf));
  return commands
    .filter((command) => !isNew.has(idOf(command)))
    .map((command) => ({ order, group, command, requestType: body.requestType }));
}

function refusedItem({ order, group, command, requestType, refusal }: Refused, now: Date) {
  const { deviceId, commandId, traceparent = null } = command;
  const ended = { tenant: order.tenant, deviceId, commandId, requestType, cause: group.cause, traceparent };
  return endedItem({ ...ended, state: 'queued', notNowCount: 0 }, now, { outcome: 'refused', ...refusal });
}

/** The last of each slot of a device, where another of that slot is there or came with it. */
function challenged(terms: readonly CommandTerms[], news: readonly (readonly AddedCommand[])[]): SlotWinner[] {
  const slots = new Map<string, Set<string>>();
  const winners = new Map<string, SlotWinner>();
  for (const [index, { tenant, slot }] of terms.entries()) {
    if (slot === null) continue;
    const name = `${tenant} ${slot}`;
    const devices = slots.get(name) ?? new Set<string>();
    slots.set(name, devices);
    for (const { deviceId, commandId, hasRival } of news[index]!) {
      const isFirst = devices.size < devices.add(deviceId).size;
      if (hasRival === true || !isFirst) winners.set(`${name} ${deviceId}`, { tenant, deviceId, commandId, slot });
    }
  }
  return [...winners.values()];
}
