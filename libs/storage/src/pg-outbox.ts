import { encodeMessage, type ItemOf, type Message, type MessageDefinition, subjectFor } from '@lamplighter/contracts';
import { Outbox, type OutboxRow, OutboxSource, type Tx } from '@lamplighter/runtime';
import { afterCommit, type PgDatabase } from './pg-database.ts';

interface StoredRow {
  subject: string;
  message_id: string;
  payload: string;
}

/** The outbox table of one service's schema. Rows go out in the order of their ids and are deleted once confirmed. */
export class PgOutbox extends Outbox implements OutboxSource {
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
      text: `INSERT INTO ${schema}.outbox (subject, message_id, payload) VALUES ($1, $2, $3)`,
    };
    // As text: node-postgres reads bytes as hexadecimal digits, which takes three times as long.
    // Deleted first, published inside the same transaction: a publish that fails brings the rows back.
    this.take = {
      name: 'outbox-take',
      text: `
        WITH taken AS (
          DELETE FROM ${schema}.outbox WHERE outbox_id IN (
            SELECT outbox_id FROM ${schema}.outbox ORDER BY outbox_id LIMIT $1 FOR UPDATE SKIP LOCKED)
          RETURNING outbox_id, subject, message_id, payload)
        SELECT subject, message_id, convert_from(payload, 'UTF8') AS payload FROM taken ORDER BY outbox_id`,
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
    await tx.query(this.insert, [subject, `${definition.name}:${message.id}`, encodeMessage(message)]);
    afterCommit(tx, () => this.listeners.forEach((listener) => listener()));
  }

  onStaged(listener: () => void): void {
    this.listeners.push(listener);
  }

  async drain(limit: number, publish: (rows: readonly OutboxRow[]) => Promise<void>): Promise<number> {
    return this.database.transaction(async (tx) => {
      const rows = await tx.query<StoredRow>(this.take, [limit]);
      if (rows.length === 0) return 0;
      await publish(
        rows.map((row) => ({ subject: row.subject, messageId: row.message_id, payload: Buffer.from(row.payload) })),
      );
      return rows.length;
    });
  }
}
