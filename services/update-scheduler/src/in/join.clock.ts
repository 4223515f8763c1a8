import { Clock, CONFIG, EachAlone, Log, Ticker } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { PlanStore } from '../ports/plan.ts';
import { PlanRollout } from '../steps/plan-rollout.ts';

interface Open {
  tenant: string;
  occurrenceId: string;
}

/** Facts are written a little before and after their `updated_at`: each look goes back this much further than the last. */
const OVERLAP_MS = 120_000;

/** Goes on with plans that nobody works on, and lets devices that enrolled or reported late join the windows that are open. */
@Injectable()
export class JoinClock extends Ticker {
  private readonly lastLook = new Map<string, Date>();
  private readonly unplanned: EachAlone<Open>;
  private readonly joinable: EachAlone<Open & { openedAt: Date }>;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    log: Log,
    private readonly clock: Clock,
    private readonly plans: PlanStore,
    private readonly planRollout: PlanRollout,
  ) {
    super({ everyMs: Math.max(clock.realDelay(config.LAMP_JOIN_SECONDS * 1000), 500), log });
    this.unplanned = new EachAlone(log, 'a window could not be planned', ['tenant', 'occurrenceId']);
    this.joinable = new EachAlone(log, 'devices could not join an open window', ['tenant', 'occurrenceId']);
  }

  protected override async tick(): Promise<void> {
    const now = this.clock.now();
    await this.unplanned.run(await this.plans.unplanned(now), (one) => this.planRollout.run(one));
    const open = await this.plans.joinable(now);
    await this.joinable.run(open, async (one) => {
      const last = this.lastLook.get(one.occurrenceId) ?? one.openedAt;
      await this.planRollout.join(one, new Date(last.getTime() - OVERLAP_MS));
      this.lastLook.set(one.occurrenceId, now);
    });
    const still = new Set(open.map((one) => one.occurrenceId));
    for (const id of this.lastLook.keys()) if (!still.has(id)) this.lastLook.delete(id);
  }
}
