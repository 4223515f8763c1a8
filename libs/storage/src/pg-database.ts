import { AppError } from '@lamplighter/contracts';
import { Database, type Log, type Statement, type Tx } from '@lamplighter/runtime';
import pg from 'pg';
import { arrayLiteral } from './array-literal.ts';

// int8 columns hold counts and version keys, far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const RETRIABLE = new Set(['40001', '40P01']);
const ATTEMPTS = 5;

type PooledClient = pg.PoolClient;

class PgTx implements Tx {
  /** Run after the commit. */
  readonly afterCommit: (() => void)[] = [];
  private readonly client: PooledClient;

  constructor(client: PooledClient) {
    this.client = client;
  }

  async query<R>(statement: Statement, values: readonly unknown[] = []): Promise<R[]> {
    return rowsOf<R>(await this.client.query({ ...statement, values: values.map(parameterOf) }));
  }
}

function parameterOf(value: unknown): unknown {
  return Array.isArray(value) ? (arrayLiteral(value) ?? value) : value;
}

function rowsOf<R>(result: pg.QueryResult | pg.QueryResult[]): R[] {
  return (Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows) as R[];
}

/** One pool to PostgreSQL. Names the statements that are named, so that they are planned once per connection. */
export class PgDatabase extends Database {
  readonly pool: pg.Pool;

  /** @param without planner methods that its sessions do without, e.g. `enable_seqscan` */
  constructor(url: string, size: number, log: Log, name = 'lamplighter', without: readonly string[] = []) {
    super();
    const plain = without.map((method) => `SET ${method} = off`).join('; ');
    // The pool waits for it; its types do not say so.
    const onConnect = (client: pg.ClientBase): Promise<unknown> => client.query(plain);
    this.pool = new pg.Pool({
      connectionString: url,
      max: size,
      connectionTimeoutMillis: 10_000,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      application_name: name,
      ...(plain !== '' && { onConnect: onConnect as (client: pg.ClientBase) => void }),
    });
    // A connection that is lost between two statements of a transaction: its next statement fails, the process goes on.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
    this.pool.on('error', (error) => log.warn({ err: error }, 'a connection to PostgreSQL was lost'));
  }

  override async query<R>(statement: Statement, values: readonly unknown[] = []): Promise<R[]> {
    const parameters = values.map(parameterOf);
    return retried(async () => rowsOf<R>(await this.pool.query({ ...statement, values: parameters })));
  }

  override async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return retried(() => this.once(work));
  }

  /** Undefined when PostgreSQL answers, else what is wrong. */
  async problem(): Promise<string | undefined> {
    try {
      await this.pool.query('SELECT 1');
      return undefined;
    } catch (error) {
      return `PostgreSQL does not answer: ${(error as Error).message}`;
    }
  }

  private async once<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    const tx = new PgTx(client);
    let broken: Error | undefined;
    let result: T;
    try {
      await client.query('BEGIN');
      result = await work(tx);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch((lost: Error) => (broken = lost));
      throw error;
    } finally {
      client.release(broken);
    }
    for (const then of tx.afterCommit) then();
    return result;
  }
}

/** What PostgreSQL took back as a whole, so that others could go on, begins anew. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= ATTEMPTS || !RETRIABLE.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}

/** Runs `then` once the transaction has committed; never when it has not. */
export function afterCommit(tx: Tx, then: () => void): void {
  if (!(tx instanceof PgTx)) {
    throw new AppError('outbox.no-transaction', 'events are staged inside Database.transaction only');
  }
  tx.afterCommit.push(then);
}
