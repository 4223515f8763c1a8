import { AppError, type Outcome, tenantOfSubject } from '@lamplighter/contracts';
import { backoffMs, type Log, unstorable } from '@lamplighter/runtime';
import type { Delivery } from './delivery.ts';
import { keptHeaders, REDRIVES } from './dead-letters.ts';
import { deadSubject } from './names.ts';
import type { PublishWindow } from './publish-window.ts';
import type { Outgoing, Wire } from './wire.ts';

export interface SettleContext {
  service: string;
  prefix: string;
  messageName: string;
  window: PublishWindow;
  /** Of the connection that the deliveries came by. */
  wire: Wire;
  log: Log;
}

/** Attempts at a message whose failure nobody foresaw; then it is set aside. */
export const UNKNOWN_ATTEMPTS = 10;
/** Deliveries of any message, whatever became of them: one that kills its process never gets to say why. */
export const MOST_DELIVERIES = 1_000;
const RETRY = { firstMs: 500, mostMs: 30_000 };

/** Node's and PostgreSQL's codes for something that is down or full: no fault of the message. */
const OUTAGE = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|08...|53...|57P0.|40001|40P01)/;

/** What an error asks for; errors that say nothing are tried again, up to a bound. */
export function outcomeOf(error: unknown, deliveries: number): Outcome {
  if (deliveries >= MOST_DELIVERIES) return 'dead-letter';
  if (error instanceof AppError) return error.outcome;
  if (OUTAGE.test(String((error as { code?: unknown } | null)?.code ?? ''))) return 'retry';
  return deliveries < UNKNOWN_ATTEMPTS ? 'retry' : 'dead-letter';
}

/** As `settle`, of messages that were handled together. */
export async function settleAll(all: readonly Delivery[], thrown: unknown, context: SettleContext): Promise<void> {
  if (thrown !== undefined) {
    await Promise.all(all.map((delivery) => settle(delivery, thrown, context)));
    return;
  }
  // The common case needs no promise for each, and one piece of bytes for all.
  for (const delivery of all) delivery.ackOn(context.wire);
  context.wire.flush();
}

/** The one place where a message's fate is decided. Never throws. */
export async function settle(delivery: Delivery, thrown: unknown, context: SettleContext): Promise<void> {
  if (thrown === undefined) return delivery.ack();
  const error = unstorable(thrown) ?? thrown;
  const outcome = outcomeOf(error, delivery.count);
  const keys = {
    message: context.messageName,
    sequence: delivery.sequence,
    deliveries: delivery.count,
    outcome,
    err: error,
  };
  if (outcome === 'retry') {
    context.log.warn(keys, 'a message could not be handled; it will be tried again');
    return delivery.nak(backoffMs(delivery.count, RETRY));
  }
  if (outcome === 'drop') {
    context.log.info(keys, 'a message was dropped');
    return delivery.term();
  }
  try {
    // On a work queue, term deletes: the copy must be safe first.
    await deadLetter(delivery, error, context);
    context.log.error(keys, 'a message was set aside as a dead letter');
    delivery.term();
  } catch (failure) {
    context.log.error({ ...keys, err: failure }, 'a dead letter could not be stored; its message stays');
    delivery.nak(backoffMs(delivery.count, RETRY));
  }
}

async function deadLetter(delivery: Delivery, error: unknown, context: SettleContext): Promise<void> {
  const { service, prefix, messageName, window } = context;
  const reason = error instanceof Error ? error.message : String(error);
  const letter: Outgoing = {
    subject: deadSubject(prefix, tenantOfSubject(delivery.subject), service, messageName),
    messageId: `dead:${service}:${delivery.stream}:${delivery.sequence}`,
    payload: Buffer.from(delivery.data),
  };
  const facts = {
    'Lamp-Subject': delivery.subject,
    'Lamp-Stream': delivery.stream,
    'Lamp-Sequence': String(delivery.sequence),
    'Lamp-Deliveries': String(delivery.count),
    'Lamp-Message-Id': delivery.headers?.get('Lamp-Message-Id') || delivery.headers?.get('Nats-Msg-Id') || '',
    [REDRIVES]: delivery.headers?.get(REDRIVES) || '0',
    'Lamp-Service': service,
    'Lamp-Code': error instanceof AppError ? error.code : 'unknown',
    'Lamp-Reason': lineOf(reason),
  };
  try {
    await window.send({ ...letter, headers: { ...keptHeaders(delivery.headers), ...facts } });
  } catch (failure) {
    if (!(failure instanceof AppError) || failure.code !== 'message.too-large') throw failure;
    // With all that is said of it, it is more than the broker takes: it would come again for ever.
    const rest = {
      'Lamp-Message-Id': facts['Lamp-Message-Id'].slice(0, 500),
      [REDRIVES]: facts[REDRIVES].slice(0, 10),
      'Lamp-Reason': lineOf(
        `its ${letter.payload.length} bytes are not kept, since they leave no room for this: ${reason}`,
      ),
    };
    await window.send({ ...letter, payload: Buffer.alloc(0), headers: { ...facts, ...rest } });
  }
}

/** One line of visible ASCII, as headers want it. */
const lineOf = (text: string): string => text.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 500);
