import type { declarationGroupAssign, declarationRegroup, InputOf, ItemOf, Message } from '@lamplighter/contracts';
import { Clock, Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { groupSetCause, namedSetId } from '../domain/sets.ts';
import { GroupSetStore } from '../ports/group-sets.ts';
import { AssignmentStore } from '../ports/assignments.ts';
import { DeclarationStore } from '../ports/declarations.ts';
import { Turns } from '../ports/turns.ts';
import { ArrangeDevices } from './arrange-devices.ts';

type Regroup = ItemOf<typeof declarationRegroup>;

/** Sets that groups have: which, and what that means for devices as they become members and leave. */
@Injectable()
export class ChangeGroupSets {
  constructor(
    private readonly db: Database,
    private readonly turns: Turns,
    private readonly declarations: DeclarationStore,
    private readonly assignments: AssignmentStore,
    private readonly groupSets: GroupSetStore,
    private readonly arrange: ArrangeDevices,
    private readonly clock: Clock,
  ) {}

  /** The devices follow once update-scheduler has looked who is a member. */
  async assign({ tenant, group, set, isAssigned }: InputOf<typeof declarationGroupAssign>) {
    const now = this.clock.now();
    return this.db.transaction(async (tx) => {
      await this.turns.take(tx, [tenant]);
      if (isAssigned) {
        const setId = namedSetId(tenant, set);
        await this.declarations.addSet(tx, tenant, { setId, name: set, cause: null }, [], now);
      }
      const of = { group, set, cause: groupSetCause(group, set), isGiven: isAssigned };
      return { changed: await this.groupSets.change(tx, tenant, of, now) };
    });
  }

  /** A turn for each message: others wait for no more than its thousand devices. */
  async regroup(messages: readonly Message<Regroup>[]): Promise<void> {
    for (const { tenant, items, occurredAt } of messages) {
      for (const item of items) await this.follow(tenant, item, new Date(occurredAt));
    }
  }

  private async follow(tenant: string, { group, set, joined, left }: Regroup, sentAt: Date): Promise<void> {
    const now = this.clock.now();
    const cause = groupSetCause(group, set);
    await this.db.transaction(async (tx) => {
      await this.turns.take(tx, [tenant]);
      const isGiven = await this.groupSets.isGiven(tx, tenant, { group, set });
      const given = { deviceIds: isGiven ? joined : [], cause, setId: namedSetId(tenant, set), sentAt };
      const taken = { deviceIds: left, cause, setId: null, sentAt };
      for (const one of [given, taken]) if (one.deviceIds.length > 0) await this.assignments.assign(tx, tenant, one);
      const deviceIds = [...given.deviceIds, ...taken.deviceIds];
      await this.arrange.run(tx, { tenant, deviceIds, tell: 'changed' }, now);
    });
  }
}
