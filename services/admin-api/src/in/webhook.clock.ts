import { commandAnswered, deviceCheckedIn, type MessageDefinition } from '@lamplighter/contracts';
import { type Consumer, Consumers } from '@lamplighter/messaging';
import { Log, Rounds, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { ActiveWebhook } from '../ports/webhooks.ts';
import { WebhookStore } from '../ports/webhooks.ts';
import { DeliverEvents } from '../steps/deliver-events.ts';
import { StageDeliveries } from '../steps/stage-deliveries.ts';

const TICK_MS = 500;
// A message holds up to 256 answers. What a killed process had in hand comes again after ten seconds.
const OPTIONS = { maxBatch: 16, ackWaitMs: 10_000 };

/**
 * Listens to events while a webhook wants them, and keeps rounds of deliveries going for each webhook. Without webhooks it costs one look
 * at an empty table, twice a second.
 */
@Injectable()
export class WebhookClock extends Ticker {
  /** By message; null once nobody listens, and no durable is left. */
  private readonly listening = new Map<string, Consumer | null>();
  private readonly rounds: Rounds;
  private active = new Map<string, ActiveWebhook>();

  constructor(
    log: Log,
    private readonly webhooks: WebhookStore,
    private readonly consumers: Consumers,
    private readonly stage: StageDeliveries,
    private readonly deliver: DeliverEvents,
  ) {
    super({ everyMs: TICK_MS, log });
    this.rounds = new Rounds(log, 'deliveries to a webhook failed; they will be tried again');
  }

  override async beforeApplicationShutdown(): Promise<void> {
    const ended = this.rounds.end();
    await super.beforeApplicationShutdown();
    for (const consumer of this.listening.values()) await consumer?.stop();
    await ended;
  }

  protected override async tick(): Promise<void> {
    const active = await this.webhooks.active();
    this.active = new Map(active.map((webhook) => [`${webhook.tenant}/${webhook.name}`, webhook]));
    for (const [key, { tenant, name }] of this.active)
      this.rounds.begin({ tenant, webhook: name }, () => this.deliverTo(key));
    await this.listenFor(active);
  }

  /** The durable begins where the first webhook does; without webhooks it goes, so that nothing piles up for it. */
  private async listenFor(active: readonly ActiveWebhook[]): Promise<void> {
    const answers = active.filter(({ topics }) => topics.includes('mdm.Connect'));
    await this.listen(commandAnswered, answers, (from) =>
      this.consumers.start(commandAnswered, (batch) => this.stage.run({ answers: batch }), { ...OPTIONS, from }),
    );
    const checkIns = active.filter(({ topics }) => topics.some((topic) => topic !== 'mdm.Connect'));
    await this.listen(deviceCheckedIn, checkIns, (from) =>
      this.consumers.start(deviceCheckedIn, (batch) => this.stage.run({ checkIns: batch }), { ...OPTIONS, from }),
    );
  }

  private async listen(
    definition: MessageDefinition,
    wanting: readonly ActiveWebhook[],
    start: (from: Date) => Promise<Consumer>,
  ): Promise<void> {
    const consumer = this.listening.get(definition.name);
    if (wanting.length === 0 && consumer !== null) {
      this.listening.delete(definition.name);
      await consumer?.stop();
      // Also one that a process before this left behind.
      await this.consumers.forget(definition);
      this.listening.set(definition.name, null);
    } else if (wanting.length > 0 && !consumer) {
      const from = new Date(Math.min(...wanting.map(({ listenFrom }) => listenFrom.getTime())));
      this.listening.set(definition.name, await start(from));
    }
  }

  /** As the webhook is now; false once it is no more. */
  private async deliverTo(key: string): Promise<boolean> {
    const webhook = this.active.get(key);
    return webhook !== undefined && this.deliver.run(webhook);
  }
}
