import { encodeMessage, type ItemOf, type Message, type MessageDefinition, subjectFor } from '@lamplighter/contracts';
import { Outbox, type OutboxRow, OutboxSource, type Tx } from '@lamplighter/runtime';
import { afterCommit, type PgDatabase } from './pg-database.ts';

interface StoredRow {
  outbox_id: number;
  subject: string;
  message_id: string;
  /** Null where this process has it at hand. */
  payload: string | null;
}

/** Of what was staged since the last look, at most; the rest is read back. */
const AT_HAND_BYTES = 8 << 20;

/**
 * The outbox table of one service's schema. Rows go out in the order of their ids and are deleted once confirmed. What this process
 * has staged a moment ago it still has at hand, and does not read back: that would cost it as much as writing it did.
 */
export class PgOutbox extends Outbox implements OutboxSource {
  /** Payloads of committed rows since the last look, by id. */
  private atHand = new Map<number, Buffer>();
  private bytes = 0;
  private readonly listeners: (() => void)[] = [];
  private readonly insert: { name: string; text: string };
  private readonly take: { name: string; text: string };
  private readonly database: PgDatabase;
  private readonly prefix: string;

  /** @param schema the service's schema, e.g. `command_queue` */
  constructor(database: PgDatabase, schema: string, prefix: string) {
    super();
    this.database = database;
    this.prefix = prefix;
    this.insert = {
      name: 'outbox-stage',
      text: `INSERT INTO ${schema}.outbox (subject, message_id, payload) VALUES ($1, $2, $3) RETURNING outbox_id`,
    };
    // As text: node-postgres reads bytes as hexadecimal digits, which takes three times as long.
    // Deleted first, published inside the same transaction: a publish that fails brings the rows back.
    this.take = {
      name: 'outbox-take',
      text: `
        WITH taken AS (
          DELETE FROM ${schema}.outbox WHERE outbox_id IN (
            SELECT outbox_id FROM ${schema}.outbox ORDER BY outbox_id LIMIT $1 FOR UPDATE SKIP LOCKED)
          RETURNING outbox_id, subject, message_id, CASE WHEN outbox_id <> ALL($2::bigint[]) THEN convert_from(payload, 'UTF8') END AS payload)
        SELECT * FROM taken ORDER BY outbox_id`,
    };
  }

  override async stage<D extends MessageDefinition>(
    tx: Tx,
    definition: D,
    message: Message<ItemOf<D>>,
    key: string,
  ): Promise<void> {
    if (message.items.length === 0) return;
    const subject = subjectFor(this.prefix, definition, message.tenant, key);
    const payload = encodeMessage(message);
    const [row] = await tx.query<{ outbox_id: number }>(this.insert, [
      subject,
      `${definition.name}:${message.id}`,
      payload,
    ]);
    afterCommit(tx, () => {
      this.keep(row!.outbox_id, payload);
      this.listeners.forEach((listener) => listener());
    });
  }

  onStaged(listener: () => void): void {
    this.listeners.push(listener);
  }

  async drain(limit: number, publish: (rows: readonly OutboxRow[]) => Promise<void>): Promise<number> {
    // Kept for one look alone: what another replica takes, or what cannot be published, is not waited for.
    const { atHand } = this;
    this.atHand = new Map();
    this.bytes = 0;
    return this.database.transaction(async (tx) => {
      const rows = await tx.query<StoredRow>(this.take, [limit, [...atHand.keys()]]);
      if (rows.length === 0) return 0;
      await publish(
        rows.map(({ outbox_id, subject, message_id, payload }) => ({
          subject,
          messageId: message_id,
          payload: payload === null ? atHand.get(outbox_id)! : Buffer.from(payload),
        })),
      );
      return rows.length;
    });
  }

  private keep(id: number, payload: Buffer): void {
    if (this.bytes + payload.length > AT_HAND_BYTES) return;
    this.bytes += payload.length;
    this.atHand.set(id, payload);
  }
}
