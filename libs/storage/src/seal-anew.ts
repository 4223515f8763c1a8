import { AppError } from '@lamplighter/contracts';
import type { Database, Sealer, Tx } from '@lamplighter/runtime';

/** A table with sealed columns; its key is the tenant and one more text column. */
export interface SealedTable {
  /** With its schema. */
  table: string;
  /** The other column of the key. */
  id: string;
  /** What each sealed column is sealed for. */
  columns: Readonly<Record<string, (tenant: string, id: string) => string>>;
}

export interface Resealed {
  /** Values that were sealed with the newest key. */
  done: number;
  /** Values that no key opens. They stay as they are. */
  closed: number;
}

type Row = { tenant: string; id: string } & Record<string, Buffer | null | string>;

const PAGE = 500;

/** Seals with the newest key what bears an older one, a page a transaction. Any number of processes may do so at once. */
export async function sealAnew(db: Database, sealer: Sealer, table: SealedTable): Promise<Resealed> {
  const total = { done: 0, closed: 0 };
  let after = { tenant: '', id: '' };
  for (;;) {
    const rows = await db.transaction(async (tx) => {
      const page = await tx.query<Row>(pageOf(table), [sealer.prefix, after.tenant, after.id, PAGE]);
      const { anew, done, closed } = resealed(page, sealer, table);
      if (done > 0) await write(tx, table, anew);
      return { page, done, closed };
    });
    total.done += rows.done;
    total.closed += rows.closed;
    const last = rows.page.at(-1);
    if (last === undefined || rows.page.length < PAGE) return total;
    after = last;
  }
}

/** Rows in key order from $2, $3 on, of which a column begins otherwise than with $1; locked in that order. */
function pageOf({ table, id, columns }: SealedTable) {
  const names = Object.keys(columns);
  const old = names.map((name) => `substring(${name} FROM 1 FOR length($1::bytea)) <> $1`);
  const text = `
SELECT tenant, ${id} AS id, ${names.join(', ')} FROM ${table}
 WHERE (tenant, ${id}) > ($2, $3) AND (${old.join(' OR ')})
 ORDER BY tenant, ${id} LIMIT $4 FOR UPDATE`;
  return { name: `seal-anew-page ${table}`, text };
}

function resealed(page: readonly Row[], sealer: Sealer, { columns }: SealedTable) {
  const count = { done: 0, closed: 0 };
  const anew = page.map((row) => {
    const values = Object.entries(columns).map(([name, contextOf]) => {
      const sealed = row[name] as Buffer | null;
      if (sealed === null || sealed.subarray(0, sealer.prefix.length).equals(sealer.prefix)) return null;
      const context = contextOf(row.tenant, row.id);
      const plain = open(sealer, sealed, context);
      count[plain === undefined ? 'closed' : 'done'] += 1;
      return plain === undefined ? null : sealer.seal(plain, context);
    });
    return { tenant: row.tenant, id: row.id, values };
  });
  return { anew, ...count };
}

/** A null value leaves its column as it is. */
async function write(
  tx: Tx,
  { table, id, columns }: SealedTable,
  rows: readonly { tenant: string; id: string; values: (Buffer | null)[] }[],
): Promise<void> {
  const names = Object.keys(columns);
  const set = names.map((name) => `${name} = coalesce(u.${name}, t.${name})`);
  const arrays = names.map((_name, index) => `$${index + 3}::bytea[]`);
  const text = `
UPDATE ${table} t SET ${set.join(', ')}
  FROM unnest($1::text[], $2::text[], ${arrays.join(', ')}) AS u(tenant, id, ${names.join(', ')})
 WHERE t.tenant = u.tenant AND t.${id} = u.id`;
  const values = names.map((_name, index) => rows.map((row) => row.values[index] ?? null));
  await tx.query({ name: `seal-anew-write ${table}`, text }, [
    rows.map((row) => row.tenant),
    rows.map((row) => row.id),
    ...values,
  ]);
}

function open(sealer: Sealer, sealed: Buffer, context: string): Buffer | undefined {
  try {
    return sealer.open(sealed, context);
  } catch (error) {
    if (error instanceof AppError && error.code === 'secret.cannot-open') return undefined;
    throw error;
  }
}
