import {
  AppError,
  type declarationNotify,
  type declarationSetAssign,
  type declarationSetChange,
  type InputOf,
} from '@lamplighter/contracts';
import { Clock, Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { NAMED_SET_CAUSES, namedSetCause, namedSetId } from '../domain/sets.ts';
import { AssignmentStore } from '../ports/assignments.ts';
import { DeclarationStore } from '../ports/declarations.ts';
import { ManifestStore } from '../ports/manifests.ts';
import { Turns } from '../ports/turns.ts';
import { ArrangeDevices } from './arrange-devices.ts';

const PAGE = 1000;

/** What operators do with their sets: members, who has them, and telling those. */
@Injectable()
export class ChangeSets {
  constructor(
    private readonly db: Database,
    private readonly turns: Turns,
    private readonly declarations: DeclarationStore,
    private readonly assignments: AssignmentStore,
    private readonly manifests: ManifestStore,
    private readonly arrange: ArrangeDevices,
    private readonly clock: Clock,
  ) {}

  /** Throws AppError `declaration.not-found` for a new member that there is not. */
  async change({ tenant, set, identifier, isMember, notify }: InputOf<typeof declarationSetChange>) {
    const setId = namedSetId(tenant, set);
    return this.inTurn(tenant, async (tx, now) => {
      if (isMember) {
        await this.mustExist(tx, tenant, identifier);
        await this.declarations.addSet(tx, tenant, { setId, name: set, cause: null }, [], now);
      }
      const changed = await this.declarations.changeMember(tx, { tenant, setId, identifier }, isMember);
      if (changed) await this.arrange.renew(tx, { tenant, setIds: [setId], tell: notify }, now);
      return { changed };
    });
  }

  async assign({ tenant, deviceId, set, isAssigned, notify }: InputOf<typeof declarationSetAssign>) {
    return this.inTurn(tenant, async (tx, now) => {
      const held = await this.assignments.causesOf(tx, tenant, deviceId, NAMED_SET_CAUSES);
      const named = set === undefined ? held : [namedSetCause(set)];
      const causes = named.filter((cause) => held.includes(cause) !== isAssigned);
      if (causes.length === 0) return { changed: false };
      let setId: string | null = null;
      if (isAssigned) {
        setId = namedSetId(tenant, set!);
        await this.declarations.addSet(tx, tenant, { setId, name: set!, cause: null }, [], now);
      }
      for (const cause of causes) {
        await this.assignments.assign(tx, tenant, { deviceIds: [deviceId], cause, setId, sentAt: now });
      }
      await this.arrange.run(tx, { tenant, deviceIds: [deviceId], tell: notify ? 'changed' : 'none' }, now);
      return { changed: true };
    });
  }

  /** Devices that are named are told at once, those of sets and declarations bit by bit, by the clock. Tells how many were named. */
  async notify({ tenant, deviceIds, sets, identifiers }: InputOf<typeof declarationNotify>) {
    const named = [...new Set(deviceIds)];
    const askedAt = this.clock.now();
    for (let start = 0; start < named.length; start += PAGE) {
      const of = { tenant, deviceIds: named.slice(start, start + PAGE), tell: 'all' as const };
      await this.inTurn(tenant, (tx, now) => this.arrange.run(tx, of, now));
    }
    await this.inTurn(tenant, async (tx) => {
      const setIds = sets.map((name) => namedSetId(tenant, name));
      await this.manifests.noteChangedSets(tx, tenant, { setIds, identifiers }, { tell: true, askedAt });
    });
    return { devices: named.length };
  }

  private async mustExist(tx: Tx, tenant: string, identifier: string): Promise<void> {
    if ((await this.declarations.find(tx, tenant, [identifier])).length > 0) return;
    throw new AppError('declaration.not-found', `there is no declaration ${identifier} in this tenant`, {
      remedy: 'put the declaration first',
    });
  }

  private inTurn<T>(tenant: string, work: (tx: Tx, now: Date) => Promise<T>): Promise<T> {
    const now = this.clock.now();
    return this.db.transaction(async (tx) => {
      await this.turns.take(tx, [tenant]);
      return work(tx, now);
    });
  }
}
