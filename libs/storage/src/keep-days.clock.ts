import { type BaseConfig, Clock, CONFIG, Database, Log, Ticker } from '@lamplighter/runtime';
import type { FactoryProvider } from '@nestjs/common';
import { dayOf, DayPartitions, type DayTable } from './day-partitions.ts';

/** Days made ahead: with a clock that runs fast, days pass between two ticks. */
const AHEAD = 3;
const EVERY_MS = 30_000;

/** A table's upkeep: makes the days that are coming, drops those that are over. */
export class KeepDays extends Ticker {
  private readonly made = new Set<string>();
  private droppedBefore = '';
  private readonly partitions: DayPartitions;
  private readonly days: number;
  private readonly clock: Clock;

  /** @param days how many days of rows are kept */
  constructor(partitions: DayPartitions, days: number, clock: Clock, log: Log) {
    super({ everyMs: EVERY_MS, log });
    this.partitions = partitions;
    this.days = days;
    this.clock = clock;
  }

  protected override async tick(): Promise<void> {
    const now = this.clock.now();
    for (let ahead = 0; ahead <= AHEAD; ahead += 1) {
      const day = dayOf(now, ahead);
      if (this.made.has(day)) continue;
      await this.partitions.make(day);
      this.made.add(day);
    }
    const oldest = dayOf(now, -this.days);
    if (oldest === this.droppedBefore) return;
    await this.partitions.dropBefore(oldest);
    this.droppedBefore = oldest;
  }
}

/** Has a service keep the days of a table; `days` reads its setting. */
export function keepDays<C extends BaseConfig>(table: DayTable, days: (config: C) => number): FactoryProvider {
  return {
    provide: `keep-days:${table.schema}.${table.table}`,
    useFactory: (db: Database, clock: Clock, log: Log, config: C) =>
      new KeepDays(new DayPartitions(db, table), days(config), clock, log),
    inject: [Database, Clock, Log, CONFIG],
  };
}
