import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream';
import { createInbox } from '@nats-io/nats-core';
import type { BenchOptions, Report } from '../options.ts';
import { resultOf, type Sample } from '../result.ts';
import { FILTER, type MessageField, onMessageField, STREAM } from './field.ts';

const DEFAULT_MESSAGES = 100_000;
const BATCH = 500;

/** Messages a CPU second of consumer and broker, each acknowledged: validated and handed over in batches, and bare. */
export async function consume(options: BenchOptions): Promise<Report> {
  const count = options.devices ?? DEFAULT_MESSAGES;
  return onMessageField(options, async (field) => {
    await fill(field, count);
    const ours: Sample[] = [];
    const bare: Sample[] = [];
    for (let run = 0; run <= options.runs; run += 1) {
      options.signal.throwIfAborted();
      const [own, plain] = [await byOurs(field, count, run), await byBare(field, count, run)];
      // The first round warms both up.
      if (run === 0) continue;
      ours.push(own);
      bare.push(plain);
      const [a, b] = [own, plain].map(({ rate }) => Math.round(rate));
      options.say(`consume ${run}/${options.runs}, messages/CPU-s: ours ${a}, bare ${b}`);
    }
    return { results: [resultOf({ name: 'consume', unit: 'messages/CPU-s', goal: 0.85 }, ours, bare)], notes: [] };
  });
}

async function fill({ ours }: MessageField, count: number): Promise<void> {
  for (let from = 0; from < count; from += 10_000) {
    const part = Array.from({ length: Math.min(10_000, count - from) }, (_, n) => ours.publishItem(from + n));
    await Promise.all(part);
  }
}

function byOurs({ ours, measure }: MessageField, count: number, run: number): Promise<Sample> {
  return measure(count, () => ours.consume(count, `ours-${run}`, BATCH));
}

/** As little as can be done for a message that is read: pulled in batches, parsed, acknowledged. */
async function byBare({ nc, manager, measure }: MessageField, count: number, run: number): Promise<Sample> {
  const durable = `bare-${run}`;
  await manager.consumers.add(STREAM, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    max_ack_pending: 5_000,
    // One message of a stream that keeps many: a filter costs the broker a microsecond a message, whoever consumes.
    filter_subject: FILTER,
  });
  return measure(count, () => {
    const inbox = createInbox();
    return new Promise<void>((resolve) => {
      let seen = 0;
      const pull = (): void =>
        nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${STREAM}.${durable}`, JSON.stringify({ batch: BATCH }), {
          reply: inbox,
        });
      const subscription = nc.subscribe(inbox, {
        callback: (_, received) => {
          if (typeof received.json() === 'object') received.respond('+ACK');
          seen += 1;
          // Asked for ahead, so that the broker never waits.
          if (seen % BATCH === BATCH / 2) pull();
          if (seen < count) return;
          subscription.unsubscribe();
          resolve();
        },
      });
      pull();
    });
  });
}
