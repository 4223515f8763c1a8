import {
  type CommandGroup,
  commandEnqueued,
  derivedUuid,
  type Message,
  message,
  type NewCommand,
  pushRequest,
} from '@lamplighter/contracts';
import { CONFIG, Database, Outbox, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { type Config, dueTermsOf } from '../config.ts';
import { deviceItemSize, inBatches } from '../domain/batches.ts';
import { endedItem } from '../domain/ended.ts';
import { firstDueAt } from '../domain/due.ts';
import { onePerDevice, type PushRequest } from '../domain/push-requests.ts';
import { CommandStore, type CommandTerms, EnrollmentStore } from '../ports.ts';
import { announceEnded } from './announce-ended.ts';
import { StepTools } from './step-tools.ts';

/** Queues what the messages carry, all in one transaction; repeats change nothing and announce nothing. */
@Injectable()
export class EnqueueCommands {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly commands: CommandStore,
    private readonly enrollments: EnrollmentStore,
    private readonly tools: StepTools,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async run(messages: readonly Message<CommandGroup>[]): Promise<void> {
    const startMs = Date.now();
    const now = this.tools.clock.now();
    const groups = messages.flatMap((each) => each.items.map((group) => this.termsOf(each, group, now)));
    if (groups.length === 0) return;
    const added = await this.db.transaction(async (tx) => {
      const news = await this.commands.enqueue(tx, groups, now);
      let next = 0;
      for (const each of messages) {
        const from = next;
        next += each.items.length;
        await this.announce(tx, each, groups.slice(from, next), news.slice(from, next), now);
        await this.tellRefused(tx, each, news.slice(from, next), now);
      }
      return news;
    });
    this.trace(added.flat(), startMs);
  }

  private termsOf(of: Message<CommandGroup>, group: CommandGroup, now: Date): CommandTerms {
    const notBefore = group.notBefore === undefined ? undefined : new Date(group.notBefore);
    const expiresAt = new Date(group.expiresAt);
    return {
      tenant: of.tenant,
      sentForAt: new Date(of.occurredAt),
      cause: group.cause,
      priority: group.priority ?? 10,
      notBefore: notBefore ?? null,
      expiresAt,
      dueAt: firstDueAt(dueTermsOf(this.config), now, notBefore, expiresAt),
      pushCount: isDue(notBefore, expiresAt, now) ? 1 : 0,
      bodies: group.bodies,
      commands: group.commands,
    };
  }

  private async announce(
    tx: Tx,
    of: Message<CommandGroup>,
    groups: readonly CommandTerms[],
    added: readonly NewCommand[][],
    now: Date,
  ): Promise<void> {
    const items = added.flat().map(({ deviceId, commandId, traceparent }) => ({ deviceId, commandId, traceparent }));
    const pushes = groups.flatMap((group, index): PushRequest[] => {
      if (group.pushCount === 0) return [];
      const expiresAt = group.expiresAt.toISOString();
      return added[index]!.map(({ deviceId, traceparent }) => ({
        deviceId,
        expiresAt,
        reason: 'enqueued',
        traceparent,
      }));
    });
    const head = { tenant: of.tenant, at: now };
    for (const { id, batch } of inParts(commandEnqueued.name, of, items)) {
      await this.outbox.stage(tx, commandEnqueued, message(commandEnqueued, { ...head, id }, batch), id);
    }
    for (const { id, batch } of inParts(pushRequest.name, of, onePerDevice(pushes))) {
      await this.outbox.stage(tx, pushRequest, message(pushRequest, { ...head, id }, batch), id);
    }
  }

  /** Who waits for the answer of a device that has left would wait for ever. Repeats of known commands are not refused. */
  private async tellRefused(
    tx: Tx,
    of: Message<CommandGroup>,
    added: readonly NewCommand[][],
    now: Date,
  ): Promise<void> {
    const queued = new Set(added.flat().map(({ commandId }) => commandId));
    const others = of.items.flatMap((group) =>
      group.commands.filter(({ commandId }) => !queued.has(commandId)).map((command) => ({ group, command })),
    );
    if (others.length === 0) return;
    const deviceIds = [...new Set(others.map(({ command }) => command.deviceId))];
    const absent = new Set(await this.enrollments.absent(tx, of.tenant, deviceIds));
    const refused = others
      .filter(({ command }) => absent.has(command.deviceId))
      .map((each) => refusedItem(of, each, now));
    await announceEnded(this.outbox, tx, { tenant: of.tenant, at: now }, refused);
  }

  private trace(added: readonly NewCommand[], startMs: number): void {
    const endMs = Date.now();
    for (const { traceparent, commandId } of added) {
      const attributes = { 'messaging.message.conversation_id': commandId };
      if (traceparent !== undefined)
        this.tools.tracer.record('enqueue-commands', { traceparent, startMs, endMs, attributes });
    }
  }
}

/** Ids derive from the message that is answered, so that what is handled twice is published once. */
function inParts<T extends { deviceId: string }>(name: string, of: Message<CommandGroup>, items: readonly T[]) {
  return inBatches(items, deviceItemSize).map((batch, part) => ({
    id: derivedUuid(name, of.tenant, of.id, part),
    batch,
  }));
}

function refusedItem(
  { tenant }: Message<CommandGroup>,
  { group, command }: { group: CommandGroup; command: NewCommand },
  now: Date,
) {
  const { deviceId, commandId, bodyId, traceparent = null } = command;
  const requestType = group.bodies.find((body) => body.bodyId === bodyId)?.requestType ?? 'unknown';
  const ended = { tenant, deviceId, commandId, requestType, cause: group.cause, traceparent };
  const end = { outcome: 'refused', reason: 'unrecognized', detail: 'the device is not enrolled' } as const;
  return endedItem({ ...ended, state: 'queued', notNowCount: 0 }, now, end);
}

function isDue(notBefore: Date | undefined, expiresAt: Date, now: Date): boolean {
  return expiresAt > now && (notBefore === undefined || notBefore <= now);
}
