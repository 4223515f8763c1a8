import { isDeepStrictEqual } from 'node:util';
import { AppError, type Group, type groupPut, type InputOf } from '@lamplighter/contracts';
import { Clock, Database, Log } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { GroupStore } from '../assignment-ports.ts';

/** Creates or replaces a group. Nobody's membership is written: it follows from rules and facts whenever it is asked for. */
@Injectable()
export class PutGroup {
  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly groups: GroupStore,
    private readonly log: Log,
  ) {}

  async run({ tenant, spec, by }: InputOf<typeof groupPut>): Promise<Group> {
    const stored = await this.db
      .transaction(async (tx) => {
        const old = await this.groups.find(tx, tenant, spec.name);
        if (old && isDeepStrictEqual(old.spec, spec)) return old;
        return this.groups.put(tx, tenant, spec, { at: this.clock.now(), by });
      })
      .catch((error: unknown) => {
        if ((error as { code?: string }).code === '23505') throw changedMeanwhile(spec.name);
        throw error;
      });
    this.log.info({ tenant, group: stored.name, version: stored.version }, 'group stored');
    return stored;
  }
}

function changedMeanwhile(name: string): AppError {
  return new AppError('group.conflict', `somebody else changed the group "${name}" at the same time`, {
    outcome: 'drop',
    remedy: 'look at what it says now, and put it again',
  });
}
