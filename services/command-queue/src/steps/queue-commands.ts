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
import { enqueuedItemSize, inBatches } from '../domain/batches.ts';
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
      await this.announceAdded(
        tx,
        order,
        own.flatMap((index) => newItems(order, terms[index]!, news[index]!)),
        now,
      );
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

  private async announceAdded(tx: Tx, order: Order, items: readonly NewItem[], now: Date): Promise<void> {
    for (const batch of inBatches(items, enqueuedItemSize)) {
      // A command is new once, so that the first names them all: an order that comes again for devices that have enrolled since tells of those.
      const [{ deviceId, commandId }] = batch as [NewItem];
      const id = derivedUuid(commandEnqueued.name, order.tenant, order.id, deviceId, commandId);
      const head = { id, tenant: order.tenant, at: now };
      if (batch.length < MANY_COMMANDS) {
        await this.outbox.stage(tx, commandEnqueued, message(commandEnqueued, head, batch), id);
      } else {
        await this.outbox.stage(tx, commandsEnqueued, message(commandsEnqueued, head, inColumns(batch)), id);
      }
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

/** A device of another server is pushed by that one. */
function newItems(order: Order, terms: CommandTerms, added: readonly AddedCommand[]): NewItem[] {
  const isPushed = terms.pushCount > 0 && order.senderPushes !== true;
  const until = isPushed ? terms.expiresAt.toISOString() : undefined;
  return added.map(({ deviceId, commandId, source, traceparent }) => ({
    deviceId,
    commandId,
    pushUntil: source === undefined ? until : undefined,
    traceparent,
  }));
}

function inColumns(items: readonly NewItem[]): ItemOf<typeof commandsEnqueued>[] {
  const byEnd = Map.groupBy(items, ({ pushUntil }) => pushUntil);
  return Array.from(byEnd, ([pushUntil, some]) => ({
    ...columnsOf(some),
    ...(pushUntil !== undefined && { pushUntil }),
  }));
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
