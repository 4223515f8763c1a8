import { type BaseConfig, CONFIG, Database, Log, Sealer, Ticker } from '@lamplighter/runtime';
import type { FactoryProvider } from '@nestjs/common';
import { sealAnew, type SealedTable } from './seal-anew.ts';

const EVERY_MS = 30_000;

/** Once, beside the service's work: seals a table's secrets with the newest key. Tries again until it has. */
export class SealAnew extends Ticker {
  private isDone = false;
  private readonly table: SealedTable;
  private readonly db: Database;
  private readonly sealer: Sealer;
  private readonly said: Log;

  constructor(table: SealedTable, db: Database, sealer: Sealer, log: Log) {
    super({ everyMs: EVERY_MS, log });
    this.table = table;
    this.db = db;
    this.sealer = sealer;
    this.said = log;
  }

  protected override async tick(): Promise<void> {
    if (this.isDone) return;
    const { table } = this.table;
    const { done, closed } = await sealAnew(this.db, this.sealer, this.table);
    this.isDone = true;
    if (done > 0) this.said.info({ table, count: done }, 'secrets were sealed with the newest key');
    if (closed > 0) this.said.error({ table, count: closed }, 'sealed secrets open with no key of LAMP_SECRET_KEY');
    else this.said.info({ table }, 'all sealed secrets bear the newest key');
  }
}

/** Has a service keep its sealed secrets under the newest key of LAMP_SECRET_KEY. Nothing to do where that is unset. */
export function keepSealed(table: SealedTable): FactoryProvider {
  return {
    provide: `keep-sealed:${table.table}`,
    useFactory: (config: BaseConfig, db: Database, sealer: Sealer, log: Log) =>
      config.LAMP_SECRET_KEY === undefined ? undefined : new SealAnew(table, db, sealer, log),
    inject: [CONFIG, Database, Sealer, Log],
  };
}
