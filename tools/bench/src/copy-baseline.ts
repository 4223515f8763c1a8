import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import copyStreams from 'pg-copy-streams';

import { type Bed, fileIn } from './bed.ts';

/** The empty table that rows of this one are copied into. */
export const cloneOf = (table: string): string => `bench.${table.split('.')[1]}`;

/** Keeps the rows of these tables in files, and makes empty tables of the same columns, keys and indexes. */
export async function keepRows(bed: Bed, tables: readonly string[]): Promise<void> {
  await bed.db.query('CREATE SCHEMA bench');
  for (const table of tables) {
    await bed.db.query(`CREATE TABLE ${cloneOf(table)} (LIKE ${table} INCLUDING ALL)`);
    const rows = bed.db.query(copyStreams.to(`COPY (SELECT * FROM ${table}) TO STDOUT`));
    await pipeline(rows, createWriteStream(fileIn(bed, table)));
  }
}

/** Seconds that a plain COPY of the kept rows takes. */
export async function copySeconds(bed: Bed, tables: readonly string[]): Promise<number> {
  await bed.db.query(`TRUNCATE ${tables.map(cloneOf).join(', ')}`);
  await bed.db.query('CHECKPOINT');
  const start = performance.now();
  for (const table of tables) await copyIn(bed.db, cloneOf(table), fileIn(bed, table));
  return (performance.now() - start) / 1000;
}

async function copyIn(db: pg.Client, table: string, file: string): Promise<void> {
  await pipeline(
    createReadStream(file, { highWaterMark: 1 << 20 }),
    db.query(copyStreams.from(`COPY ${table} FROM STDIN`)),
  );
}
