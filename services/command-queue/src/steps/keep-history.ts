import { Clock, CONFIG, Database } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import type { BodyKey } from '../ports/commands.ts';
import { CommandStore } from '../ports/commands.ts';

const DAY_MS = 86_400_000;
/** Bodies of one transaction. */
const PAGE = 1_000;

/**
 * Has a partition ready for today and tomorrow, and drops the days that nobody asks for any more, then the bodies that only they
 * referred to: a body may hold a password or a profile.
 */
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
    const days = this.config.LAMP_HISTORY_DAYS;
    await this.db.transaction((tx) => this.commands.keepHistory(tx, now, days));
    await this.removeBodies(new Date(now.getTime() - days * DAY_MS));
    this.keptFor = day;
  }

  private async removeBodies(unusedSince: Date): Promise<void> {
    let after: BodyKey | null = null;
    do {
      const from: BodyKey | null = after;
      after = await this.db.transaction((tx) => this.commands.removeBodies(tx, unusedSince, from, PAGE));
    } while (after !== null);
  }
}
