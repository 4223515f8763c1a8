import type { InputOf, ItemOf, Message, MessageDefinition, OutputOf, RequestDefinition } from '@lamplighter/contracts';

/** The time that this installation lives in; see `clockFrom` in contracts. Infrastructure back-off uses real time. */
export abstract class Clock {
  abstract now(): Date;
  /** Real milliseconds that pass while this clock advances by `ms`. */
  abstract realDelay(ms: number): number;
}

/** One SQL statement; `name` makes it a prepared one. Values are bound as $1, $2, … */
export interface Statement {
  name?: string;
  text: string;
}

/** What a store needs of a connection. Inside `Database.transaction` all statements share its fate. */
export interface Tx {
  query<R>(statement: Statement, values?: readonly unknown[]): Promise<R[]>;
}

/** The service's own PostgreSQL role and schema. */
export abstract class Database implements Tx {
  abstract query<R>(statement: Statement, values?: readonly unknown[]): Promise<R[]>;
  /** Commits when `work` returns, rolls back when it throws. Serialization failures and dead-locks are tried again. */
  abstract transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** State and the messages that it causes commit together: staged rows are published after the commit, in order, at least once. */
export abstract class Outbox {
  /** @param key chooses the partition: the device id of a single-device message, else the batch's id */
  abstract stage<D extends MessageDefinition>(
    tx: Tx,
    definition: D,
    message: Message<ItemOf<D>>,
    key: string,
  ): Promise<void>;
}

/** Publishes without a transaction and returns once the broker has confirmed. Throws when it has not. */
export abstract class Publisher {
  abstract publish<D extends MessageDefinition>(definition: D, message: Message<ItemOf<D>>, key: string): Promise<void>;
}

/** NATS request/reply, where a device or an operator waits. */
export abstract class Requester {
  /** Throws AppError `request.unavailable` when nobody serves it or the time is up (default 5,000 real ms). */
  abstract request<D extends RequestDefinition>(
    definition: D,
    input: InputOf<D>,
    timeoutMs?: number,
  ): Promise<OutputOf<D>>;
}

/** Seals secrets at rest (AES-256-GCM). */
export abstract class Sealer {
  /** `context` names what it belongs to (tenant, device, field): a sealed value opens only where it was sealed for. */
  abstract seal(plain: Buffer, context: string): Buffer;
  /** Throws AppError `secret.cannot-open` on an unknown key, another context or damage. */
  abstract open(sealed: Buffer, context: string): Buffer;
  /** What every value begins with that is sealed now. One that begins otherwise was sealed with an older key. */
  abstract readonly prefix: Buffer;
}

export interface OutboxRow {
  subject: string;
  messageId: string;
  payload: Buffer;
}

/** What the relay drains; storage implements it over the service's outbox table. */
export abstract class OutboxSource {
  /** Hands the oldest rows (at most `limit`, skipping those another replica holds) to `publish` and deletes them once it resolves. Returns how many. */
  abstract drain(limit: number, publish: (rows: readonly OutboxRow[]) => Promise<void>): Promise<number>;
  /** Called after each commit of this process that staged rows. */
  abstract onStaged(listener: () => void): void;
}
