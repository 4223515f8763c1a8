import { type EnqueueGroup, type Message, type NewCommand, unpackGroups } from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { Order } from './judge-commands.ts';
import { QueueCommands } from './queue-commands.ts';
import { StepTools } from './step-tools.ts';

/** Queues what the messages carry, all in one transaction; repeats change nothing and announce nothing. */
@Injectable()
export class EnqueueCommands {
  constructor(
    private readonly db: Database,
    private readonly queueCommands: QueueCommands,
    private readonly tools: StepTools,
  ) {}

  async run(messages: readonly Message<EnqueueGroup>[]): Promise<void> {
    const startMs = Date.now();
    const now = this.tools.clock.now();
    const orders = messages.filter((each) => each.items.length > 0).map(orderOf);
    if (orders.length === 0) return;
    const results = await this.db.transaction((tx) => this.queueCommands.run(tx, orders, now));
    this.trace(
      [...results.values()].flatMap(({ added }) => added),
      startMs,
    );
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

function orderOf({ id, tenant, occurredAt, items }: Message<EnqueueGroup>): Order {
  return { id, tenant, sentAt: new Date(occurredAt), byPerson: false, push: true, groups: items.flatMap(unpackGroups) };
}
