import { jetstream, jetstreamManager, type JetStreamClient } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';

export interface Handed {
  readonly commandId: string;
  readonly command: string;
}

interface Finished {
  readonly cause: string;
  readonly body_id: string;
}

const SUBJECT = 'bench.answered';

const sql = {
  identity: `SELECT encode(certificate_hash, 'hex') AS hash FROM command_queue.enrollment
              WHERE tenant = 'default' AND device_id = $1 AND status <> 'left'`,
  seen: `UPDATE command_queue.enrollment SET last_seen_at = $2 WHERE tenant = 'default' AND device_id = $1`,
  finish: `DELETE FROM command_queue.command WHERE tenant = 'default' AND device_id = $1 AND command_id = $2 RETURNING *`,
  keep: `INSERT INTO command_queue.command_history (tenant, device_id, command_id, body_id, cause, priority, outcome,
                created_at, expires_at, push_count, sent_at, sent_count, not_now_at, not_now_count, finished_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
  next: `SELECT c.command_id AS "commandId", b.command FROM command_queue.command c
           JOIN command_queue.command_body b USING (tenant, body_id)
          WHERE c.tenant = 'default' AND c.device_id = $1 AND c.expires_at > $2 AND (c.not_before IS NULL OR c.not_before <= $2)
          ORDER BY c.priority, c.created_at, c.command_id LIMIT 1`,
  sent: `UPDATE command_queue.command SET state = 1, sent_at = $3, sent_count = sent_count + 1
          WHERE tenant = 'default' AND device_id = $1 AND command_id = $2`,
} as const;

/** How a plain server would keep the queue: the same guarantees, one statement for each step. */
export class BaselineStore {
  private readonly pool: pg.Pool;
  private readonly stream: JetStreamClient;

  private constructor(pool: pg.Pool, stream: JetStreamClient) {
    this.pool = pool;
    this.stream = stream;
  }

  static async open(databaseUrl: string, natsUrl: string): Promise<BaselineStore> {
    const { hostname, port, username, password } = new URL(natsUrl);
    const nats = await connect({ servers: `${hostname}:${port}`, user: username, pass: password });
    await (await jetstreamManager(nats)).streams.add({ name: 'BENCH', subjects: [SUBJECT] });
    return new BaselineStore(new pg.Pool({ connectionString: databaseUrl, max: 16 }), jetstream(nats));
  }

  /** The hash that is pinned to an enrollment; undefined when it is not enrolled. */
  async pinnedHash(deviceId: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ hash: string }>(prepared('identity', [deviceId]));
    return rows[0]?.hash;
  }

  async seen(deviceId: string, now: Date): Promise<void> {
    await this.pool.query(prepared('seen', [deviceId, now]));
  }

  /** Finishes a command and publishes the answer: both are durable when this returns. */
  async answer(deviceId: string, commandId: string, status: string, xml: string): Promise<void> {
    const finished = await this.finish(deviceId, commandId, status);
    if (finished === undefined) return;
    const { cause, body_id: bodyId } = finished;
    const receivedAt = new Date().toISOString();
    const message = JSON.stringify({ tenant: 'default', deviceId, commandId, cause, bodyId, status, receivedAt, xml });
    await this.stream.publish(SUBJECT, message, { msgID: `${deviceId} ${commandId} ${status}` });
  }

  private async finish(deviceId: string, commandId: string, status: string): Promise<Finished | undefined> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query(prepared('finish', [deviceId, commandId]));
      const row = rows[0] as Record<string, unknown> | undefined;
      if (row !== undefined) {
        const kept = ['tenant', 'device_id', 'command_id', 'body_id', 'cause', 'priority'].map((name) => row[name]);
        const times = [
          'created_at',
          'expires_at',
          'push_count',
          'sent_at',
          'sent_count',
          'not_now_at',
          'not_now_count',
        ];
        const rest = times.map((name) => row[name]);
        await client.query(prepared('keep', [...kept, status, ...rest, new Date()]));
      }
      await client.query('COMMIT');
      return row as Finished | undefined;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }

  /** The next command, marked as sent; undefined when none waits. */
  async takeNext(deviceId: string, now: Date): Promise<Handed | undefined> {
    const { rows } = await this.pool.query<Handed>(prepared('next', [deviceId, now]));
    const next = rows[0];
    if (next !== undefined) await this.pool.query(prepared('sent', [deviceId, next.commandId, now]));
    return next;
  }
}

function prepared(name: keyof typeof sql, values: unknown[]): pg.QueryConfig {
  return { name, text: sql[name], values };
}
