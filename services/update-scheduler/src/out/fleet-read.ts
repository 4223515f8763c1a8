import type { Database, Tx } from '@lamplighter/runtime';

/** Below the 30 seconds for which the caller's side waits for an answer. */
const TIMEOUT_MS = 25_000;

/** A transaction whose statements may read the whole fleet: each is ended by the database after 25 s, for nobody waits any longer. */
export function readFleet<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.query(TERMS, [String(TIMEOUT_MS)]);
    return work(tx);
  });
}

const TERMS = {
  name: 'fleet-read',
  text: `SELECT set_config('statement_timeout', $1, true), set_config('jit', 'off', true)`,
};
