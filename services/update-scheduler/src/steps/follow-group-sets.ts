import { declarationRegroup, derivedUuid, message } from '@lamplighter/contracts';
import { Clock, Database, EachAlone, Log, Outbox } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { AssignmentStore } from '../ports/assignment.ts';
import type { Difference, GroupSet } from '../ports/group-sets.ts';
import { GroupSetStore } from '../ports/group-sets.ts';

const MOST_DEVICES = 1_000;
/** What is told and not yet done would be told again. */
const MOST_WAITING = 100;

/** Looks who became a member of a group that has a set of declarations, and who is one no more; ddm gives and takes. */
@Injectable()
export class FollowGroupSets {
  /** Sets that were taken back and that nobody has any more, by when they were: nobody need look at the fleet for them. */
  private readonly done = new Map<string, number>();
  private readonly each: EachAlone<GroupSet>;

  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly groupSets: GroupSetStore,
    private readonly assignments: AssignmentStore,
    log: Log,
  ) {
    this.each = new EachAlone(log, 'members of a group could not be compared with who has its set', [
      'tenant',
      'group',
      'set',
    ]);
  }

  /** Goes once through the fleet for each group's set; for a clock to call. */
  async run(): Promise<void> {
    const all = await this.groupSets.all();
    if (all.length === 0 || (await this.groupSets.waiting()) > MOST_WAITING) return;
    await this.each.run(all, async (one) => {
      const key = `${one.tenant} ${one.cause}`;
      // By the time alone it is not told from one that was given in the same millisecond.
      if (one.isGiven) this.done.delete(key);
      else if (this.done.get(key) === one.changedAt.getTime()) return;
      const found = await this.follow(one);
      if (found === 0 && !one.isGiven) this.done.set(key, one.changedAt.getTime());
    });
  }

  /** A transaction for each thousand devices; the number of all. */
  private async follow(of: GroupSet): Promise<number> {
    const now = this.clock.now();
    let found = 0;
    for (let after: string | undefined = ''; after !== undefined;) {
      const page: Difference[] = await this.page(of, after, now);
      found += page.length;
      after = page.length === MOST_DEVICES ? page.at(-1)!.deviceId : undefined;
    }
    return found;
  }

  private page(of: GroupSet, after: string, now: Date): Promise<Difference[]> {
    const { tenant, group, set, cause, isGiven } = of;
    return this.db.transaction(async (tx) => {
      const spec = isGiven ? (await this.assignments.groups(tx, tenant)).get(group) : undefined;
      const page = await this.groupSets.differences(tx, of, spec, { now, after, limit: MOST_DEVICES });
      if (page.length === 0) return page;
      const devices = (isMember: boolean) =>
        page.filter((one) => one.isMember === isMember).map(({ deviceId }) => deviceId);
      const item = { group, set, joined: devices(true), left: devices(false) };
      const id = derivedUuid('declaration.regroup', tenant, cause, now.toISOString(), after);
      const one = message(declarationRegroup, { id, tenant, at: now }, [item]);
      await this.outbox.stage(tx, declarationRegroup, one, id);
      return page;
    });
  }
}
