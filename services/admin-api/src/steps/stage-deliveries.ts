import type { commandAnswered, deviceCheckedIn, ItemOf, Message } from '@lamplighter/contracts';
import { CONFIG, Log } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { answerEvent, checkInEvent, type WebhookEvent } from '../domain/webhook-event.ts';
import type { ActiveWebhook } from '../ports/webhooks.ts';
import { DeliveryStore } from '../ports/deliveries.ts';
import { EnrollmentViews } from '../ports/devices.ts';
import { WebhookStore } from '../ports/webhooks.ts';

type Answers = Message<ItemOf<typeof commandAnswered>>[];
type CheckIns = Message<ItemOf<typeof deviceCheckedIn>>[];

const COUNT_MS = 10_000;

/** Puts events into the queues of the webhooks that want them; a repeat changes nothing. */
@Injectable()
export class StageDeliveries {
  /** What each webhook holds, about: counted now and then, and raised by what is added. */
  private readonly backlogs = new Map<string, { events: number; countedAt: number }>();

  constructor(
    private readonly webhooks: WebhookStore,
    private readonly deliveries: DeliveryStore,
    private readonly enrollments: EnrollmentViews,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async run({ answers = [], checkIns = [] }: { answers?: Answers; checkIns?: CheckIns }): Promise<void> {
    const webhooks = await this.webhooks.active();
    const tenants = Map.groupBy(webhooks, (webhook) => webhook.tenant);
    for (const [tenant, theirs] of tenants) {
      const wantAnswers = theirs.some((webhook) => webhook.topics.includes('mdm.Connect'));
      const events = [
        ...(wantAnswers ? await this.answerEvents(tenant, itemsOf(tenant, answers)) : []),
        ...itemsOf(tenant, checkIns).flatMap((item) => checkInEvent(tenant, item) ?? []),
      ];
      for (const webhook of theirs) await this.stage(webhook, events.filter(wantedBy(webhook)));
    }
  }

  private async answerEvents(tenant: string, items: Answers[number]['items']): Promise<WebhookEvent[]> {
    if (items.length === 0) return [];
    const ids = [...new Set(items.map((item) => item.deviceId))];
    const kinds = await this.enrollments.kinds(tenant, ids);
    return items.map((item) => answerEvent(tenant, item, kinds.get(item.deviceId)));
  }

  private async stage(webhook: ActiveWebhook, events: WebhookEvent[]): Promise<void> {
    if (events.length === 0) return;
    const backlog = await this.backlogOf(webhook);
    const room = Math.max(0, this.config.LAMP_WEBHOOK_BACKLOG - backlog.events);
    const kept = events.slice(0, room);
    if (kept.length > 0) await this.deliveries.add(webhook, kept, this.config.LAMP_WEBHOOK_HOURS * 3_600_000);
    backlog.events += kept.length;
    const dropped = events.length - kept.length;
    if (dropped === 0) return;
    await this.webhooks.noteDropped(webhook, dropped);
    const keys = { tenant: webhook.tenant, webhook: webhook.name, count: dropped };
    this.log.warn(keys, 'a webhook has too many deliveries waiting (LAMP_WEBHOOK_BACKLOG): events were dropped');
  }

  private async backlogOf(webhook: ActiveWebhook): Promise<{ events: number; countedAt: number }> {
    const key = `${webhook.tenant}/${webhook.name}`;
    const known = this.backlogs.get(key);
    if (known && Date.now() - known.countedAt < COUNT_MS) return known;
    const events = await this.webhooks.backlog(webhook, this.config.LAMP_WEBHOOK_BACKLOG);
    const counted = { events, countedAt: Date.now() };
    this.backlogs.set(key, counted);
    return counted;
  }
}

function itemsOf<T>(tenant: string, batch: readonly Message<T>[]): T[] {
  return batch.filter((message) => message.tenant === tenant).flatMap((message) => message.items);
}

function wantedBy({ topics, since }: ActiveWebhook): (event: WebhookEvent) => boolean {
  return ({ topic, at }) => topics.includes(topic) && Date.parse(at) >= since.getTime();
}
