import { Clock, CONFIG, Database } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { CommandStore } from '../ports.ts';

/** Has a partition ready for today and tomorrow, and drops the days that nobody asks for any more. */
@Injectable()
export class KeepHistory {
  private keptFor = '';

  constructor(
    private readonly db: Database,
    private readonly commands: CommandStore,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Does its work once a day; cheap to call. */
  async run(): Promise<void> {
    const now = this.clock.now();
    const day = now.toISOString().slice(0, 10);
    if (day === this.keptFor) return;
    await this.db.transaction((tx) => this.commands.keepHistory(tx, now, this.config.LAMP_HISTORY_DAYS));
    this.keptFor = day;
  }
}
