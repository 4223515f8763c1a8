import { jetstream } from '@nats-io/jetstream';
import { createInbox, headers, type NatsConnection } from '@nats-io/nats-core';

import type { BenchOptions, Report } from '../options.ts';
import { median, resultOf, type Sample } from '../result.ts';
import { type MessageField, onMessageField, STREAM, SUBJECT, WINDOW } from './field.ts';

const DEFAULT_MESSAGES = 100_000;
/** As an event about one device. */
const PAYLOAD = Buffer.from('x'.repeat(300));

type Side = 'ours' | 'client' | 'bare';

/** Stored and confirmed messages a CPU second of publisher and broker: ours, the client library's publish, a bare window. */
export async function publish(options: BenchOptions): Promise<Report> {
  const count = options.devices ?? DEFAULT_MESSAGES;
  return onMessageField(options, async (field) => {
    const { nc, ours } = field;
    const sides: Record<Side, (ids: readonly string[]) => Promise<void>> = {
      ours: (ids) => ours.publishAll(ids.map((messageId) => ({ subject: SUBJECT, messageId, payload: PAYLOAD }))),
      client: (ids) => byClient(nc, ids),
      bare: (ids) => byBareWindow(nc, ids),
    };
    const samples: Record<Side, Sample[]> = { ours: [], client: [], bare: [] };
    for (let run = 0; run <= options.runs; run += 1) {
      for (const side of Object.keys(sides) as Side[]) {
        const sample = await one(field, sides[side], `${side}-${run}`, run === 0 ? count / 10 : count);
        // The first round warms all sides up.
        if (run > 0) samples[side].push(sample);
      }
      if (run > 0) options.say(`publish ${run}/${options.runs}, messages/CPU-s: ${figures(samples)}`);
    }
    const result = (name: string, side: Side, goal: number) =>
      resultOf({ name, unit: 'messages/CPU-s', goal }, samples.ours, samples[side]);
    return {
      results: [result('publish', 'bare', 0.8), result('publish-client', 'client', 5)],
      notes: [
        `publish: messages/CPU-s of publisher and broker: ${figures(samples)}`,
        `publish: messages/s by the clock: ${clockFigures(samples)}`,
      ],
    };
  });
}

async function one(field: MessageField, side: (ids: readonly string[]) => Promise<void>, name: string, count: number) {
  const ids = Array.from({ length: count }, (_, n) => `${name}-${n}`);
  const sample = await field.measure(count, () => side(ids));
  const { state } = await field.manager.streams.info(STREAM);
  if (state.messages !== count) throw new Error(`${state.messages} of ${count} messages were stored (${name})`);
  await field.manager.streams.purge(STREAM);
  return sample;
}

async function byClient(nc: NatsConnection, ids: readonly string[]): Promise<void> {
  const client = jetstream(nc);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < ids.length) await client.publish(SUBJECT, PAYLOAD, { msgID: ids[next++]! });
  };
  await Promise.all(Array.from({ length: WINDOW }, lane));
}

/** As little as can be done for a confirmed message with an id: publish with a reply, count the replies. */
function byBareWindow(nc: NatsConnection, ids: readonly string[]): Promise<void> {
  const inbox = createInbox();
  return new Promise((resolve) => {
    let [sent, confirmed] = [0, 0];
    const send = (): void => {
      const header = headers();
      header.set('Nats-Msg-Id', ids[sent++]!);
      nc.publish(SUBJECT, PAYLOAD, { reply: inbox, headers: header });
    };
    const subscription = nc.subscribe(inbox, {
      callback: () => {
        confirmed += 1;
        if (sent < ids.length) send();
        else if (confirmed === ids.length) {
          subscription.unsubscribe();
          resolve();
        }
      },
    });
    while (sent < Math.min(WINDOW, ids.length)) send();
  });
}

function figures(sides: Record<Side, readonly Sample[]>): string {
  return Object.entries(sides)
    .map(([side, runs]) => `${side} ${Math.round(median(runs.map(({ rate }) => rate)))}`)
    .join(', ');
}

/** For whoever asks how fast, not at what cost: a client that waits for each answer is slow by the clock too. */
function clockFigures(sides: Record<Side, readonly Sample[]>): string {
  const rates = Object.entries(sides).map(
    ([side, runs]) => [side, median(runs.map(({ clockRate }) => clockRate!))] as const,
  );
  const { ours, client } = Object.fromEntries(rates) as Record<Side, number>;
  const each = rates.map(([side, rate]) => `${side} ${Math.round(rate)}`).join(', ');
  return `${each}; ours ${(ours / client).toFixed(1)} times the client`;
}
