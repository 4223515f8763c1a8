import { Clock, CONFIG, Log, Ticker } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { FollowGroupSets } from '../steps/follow-group-sets.ts';

/** Members of groups get the sets of their groups, and others lose them. */
@Injectable()
export class GroupSetClock extends Ticker {
  constructor(
    clock: Clock,
    log: Log,
    @Inject(CONFIG) config: Config,
    private readonly followGroupSets: FollowGroupSets,
  ) {
    super({ everyMs: Math.max(clock.realDelay(config.LAMP_GROUP_SETS_SECONDS * 1000), 500), log });
  }

  protected override tick(): Promise<void> {
    return this.followGroupSets.run();
  }
}
