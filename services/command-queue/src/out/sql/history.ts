import type { Statement } from '@lamplighter/runtime';

/** One replica at a time makes and drops partitions. */
export const lockHistory: Statement = { text: 'SELECT pg_advisory_xact_lock(7107)' };

export const historyPartitions: Statement = {
  text: `
SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
 WHERE i.inhparent = 'command_queue.command_history'::regclass`,
};

/** $1 day */
export const makePartition: Statement = {
  text: `SELECT public.lamp_make_day_partition('command_queue', 'command_history', $1::date)`,
};

/** The whole first, as everybody who reads it locks it: whoever had it and waited for the strays would wait in a circle. */
export const lockStrays: Statement = {
  text: 'LOCK TABLE ONLY command_queue.command_history, ONLY command_queue.command_history_default IN ACCESS EXCLUSIVE MODE',
};

/** $1 day */
const ofDay = `finished_at >= ($1::date)::timestamp AT TIME ZONE 'UTC' AND finished_at < ($1::date + 1)::timestamp AT TIME ZONE 'UTC'`;

export function setStraysAside(table: string): Statement {
  return {
    text: `CREATE TEMP TABLE ${table} ON COMMIT DROP AS SELECT * FROM command_queue.command_history_default WHERE ${ofDay}`,
  };
}

export const removeStrays: Statement = { text: `DELETE FROM command_queue.command_history_default WHERE ${ofDay}` };

export function bringStraysBack(table: string): Statement {
  return { text: `INSERT INTO command_queue.command_history SELECT * FROM ${table}` };
}

/** @param name as the catalogue lists it */
export function dropPartition(name: string): Statement {
  if (!/^command_history_\d{8}$/.test(name)) throw new RangeError(`"${name}" is no day partition of command_history`);
  return { text: `DROP TABLE command_queue.${name}` };
}

/** What finished while its day had no partition. $1 before */
export const deleteStrays: Statement = {
  text: 'DELETE FROM command_queue.command_history_default WHERE finished_at < $1',
};

/** $1 before */
export const forgetRevokes: Statement = { text: 'DELETE FROM command_queue.revoked_cause WHERE revoked_at < $1' };
