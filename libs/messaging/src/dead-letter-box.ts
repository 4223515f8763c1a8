import { tenantOfSubject } from '@lamplighter/contracts';
import {
  AckPolicy,
  DeliverPolicy,
  jetstream,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  type StoredMsg,
} from '@nats-io/jetstream';
import { type MsgHdrs, nanos } from '@nats-io/nats-core';
import type { Broker } from './connection.ts';
import { redriveHeaders, REDRIVES } from './dead-letters.ts';
import { deadStream } from './names.ts';
import type { PublishWindow } from './publish-window.ts';

/** A message that a service could not handle, and why. */
export interface DeadLetter {
  /** Its place in the stream of dead letters: its id. */
  sequence: number;
  at: Date;
  tenant: string;
  service: string;
  /** Name of the message, e.g. `command.enqueue`. */
  message: string;
  code: string;
  /** One line. */
  reason: string;
  /** Where it was published, which stream kept it, and where there. */
  subject: string;
  stream: string;
  streamSequence: number;
  messageId: string;
  /** How often it was handed to the service since it was published or redriven. */
  deliveries: number;
  redrives: number;
  /** Size of the payload. */
  bytes: number;
}

export interface DeadLetterFilter {
  tenant: string;
  service?: string | undefined;
  message?: string | undefined;
}

const FIRST_SPAN = 256;
const LONGEST_SPAN = 65_536;
/** What JetStream says where a message is gone: on reading it, and on deleting it. */
const GONE = new Set([10037, 10043, 10057]);

/** The stream of dead letters, read and emptied within one tenant at a time. */
export class DeadLetterBox {
  private readonly broker: Broker;
  private readonly window: PublishWindow;
  private readonly stream: string;

  constructor(broker: Broker, window: PublishWindow) {
    this.broker = broker;
    this.window = window;
    this.stream = deadStream(broker.prefix);
  }

  /** Newest first, at most `limit`, older than the letter `before`; without payloads. */
  async newest(filter: DeadLetterFilter, limit: number, before?: number): Promise<DeadLetter[]> {
    const manager = await this.manager();
    const { first_seq, last_seq: last } = (await manager.streams.info(this.stream)).state;
    // Of a stream that never held anything it is 0, and no consumer begins there.
    const first = Math.max(first_seq, 1);
    const found: DeadLetter[] = [];
    let below = Math.min(before ?? last + 1, last + 1);
    for (let span = FIRST_SPAN; below > first && found.length < limit; span = Math.min(span * 8, LONGEST_SPAN)) {
      const from = Math.max(first, below - span);
      const window = await this.read(filter, from, below);
      found.push(...window.toReversed().slice(0, limit - found.length));
      below = from;
    }
    return found;
  }

  /** Oldest first, at most `limit`, none newer than the letter `upTo`. */
  async oldest(filter: DeadLetterFilter, limit: number, upTo: number): Promise<DeadLetter[]> {
    return this.read(filter, 1, upTo + 1, limit);
  }

  /** Place of the newest letter of all tenants; 0 where there was none. */
  async last(): Promise<number> {
    return (await (await this.manager()).streams.info(this.stream)).state.last_seq;
  }

  async count(filter: DeadLetterFilter): Promise<number> {
    const { state } = await (await this.manager()).streams.info(this.stream, { subjects_filter: this.filter(filter) });
    return Object.values(state.subjects ?? {}).reduce((all, count) => all + count, 0);
  }

  /** Undefined where there is none of that sequence in the tenant. */
  async find(tenant: string, sequence: number): Promise<(DeadLetter & { payload: Buffer }) | undefined> {
    const stored = await this.stored(tenant, sequence);
    return stored && { ...letterOf(stored.subject, stored, stored.header), payload: Buffer.from(stored.data) };
  }

  /**
   * Publishes the message again, for the one service that could not handle it, and removes the letter once the broker has
   * confirmed. Undefined where there is none. Ended in between, the letter stays, and the message may be handled twice.
   */
  async redrive(tenant: string, sequence: number): Promise<DeadLetter | undefined> {
    const stored = await this.stored(tenant, sequence);
    if (!stored) return undefined;
    const letter = letterOf(stored.subject, stored, stored.header);
    await this.window.send({
      subject: letter.subject,
      // Not the first id, which the broker would take for a repeat; the same for two who redrive one letter at a time.
      messageId: `redrive:${letter.service}:${letter.stream}:${letter.streamSequence}:${letter.redrives}`,
      payload: Buffer.from(stored.data),
      headers: redriveHeaders(stored.header),
    });
    await this.remove(sequence);
    return letter;
  }

  /** Removes a letter for good. False where there was none. */
  async discard(tenant: string, sequence: number): Promise<boolean> {
    return (await this.stored(tenant, sequence)) !== undefined && this.remove(sequence);
  }

  private manager(): Promise<JetStreamManager> {
    return jetstreamManager(this.broker.nc, { timeout: 5_000, checkAPI: false });
  }

  private filter({ tenant, service = '*', message = '>' }: DeadLetterFilter): string {
    return `${this.broker.prefix}.dead.${tenant}.${service}.${message}`;
  }

  private async stored(tenant: string, sequence: number): Promise<StoredMsg | undefined> {
    try {
      const stored = await (await this.manager()).streams.getMessage(this.stream, { seq: sequence });
      return stored && tenantOfSubject(stored.subject) === tenant ? stored : undefined;
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  private async remove(sequence: number): Promise<boolean> {
    try {
      return await (await this.manager()).streams.deleteMessage(this.stream, sequence, false);
    } catch (error) {
      // Somebody else was faster.
      if (isGone(error)) return false;
      throw error;
    }
  }

  /** Letters from `from` up to but without `below`, in their order. The payloads stay at the broker. */
  private async read(
    filter: DeadLetterFilter,
    from: number,
    below: number,
    limit = below - from,
  ): Promise<DeadLetter[]> {
    const manager = await this.manager();
    const { name, num_pending: pending } = await manager.consumers.add(this.stream, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from,
      filter_subject: this.filter(filter),
      headers_only: true,
      mem_storage: true,
      inactive_threshold: nanos(30_000),
    });
    const letters: DeadLetter[] = [];
    const most = Math.min(pending, below - from, limit);
    if (most > 0) {
      const consumer = await jetstream(this.broker.nc).consumers.get(this.stream, name);
      for await (const each of await consumer.fetch({ max_messages: most, expires: 5_000 })) {
        if (each.seq >= below) break;
        letters.push(letterOf(each.subject, each, each.headers!));
      }
    }
    await manager.consumers.delete(this.stream, name).catch(() => false);
    return letters;
  }
}

function letterOf(
  subject: string,
  stored: { seq: number; time: Date; data: Uint8Array },
  headers: MsgHdrs,
): DeadLetter {
  const [, , tenant = '', service = '', ...name] = subject.split('.');
  return {
    sequence: stored.seq,
    at: stored.time,
    tenant,
    service,
    message: name.join('.'),
    code: headers.get('Lamp-Code'),
    reason: headers.get('Lamp-Reason'),
    subject: headers.get('Lamp-Subject'),
    stream: headers.get('Lamp-Stream'),
    streamSequence: Number(headers.get('Lamp-Sequence')),
    messageId: headers.get('Lamp-Message-Id'),
    deliveries: Number(headers.get('Lamp-Deliveries')),
    redrives: Number(headers.get(REDRIVES) || 0),
    bytes: Number(headers.get('Nats-Msg-Size') || stored.data.length),
  };
}

function isGone(error: unknown): boolean {
  return error instanceof JetStreamApiError && GONE.has(error.code);
}
