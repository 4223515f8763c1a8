import {
  AppError,
  type DevicePage,
  type groupDevices,
  type GroupTest,
  type groupTest,
  type InputOf,
} from '@lamplighter/contracts';
import { Clock, Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { AssignmentStore } from '../ports/assignment.ts';

const SAMPLE = 20;

/** Who is a member now: of a group that is stored, or of one that is being written. */
@Injectable()
export class LookAtGroup {
  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly assignments: AssignmentStore,
  ) {}

  async test({ tenant, spec }: InputOf<typeof groupTest>): Promise<GroupTest> {
    const now = this.clock.now();
    const [counted, sample] = await Promise.all([
      this.assignments.count(tenant, spec, now),
      this.assignments.members(tenant, spec, { now, cursor: '', limit: SAMPLE }),
    ]);
    return { ...counted, sample };
  }

  async devices({ tenant, name, cursor, limit }: InputOf<typeof groupDevices>): Promise<DevicePage> {
    const spec = (await this.assignments.groups(this.db, tenant)).get(name);
    if (!spec)
      throw new AppError('group.not-found', `there is no group "${name}" in this tenant`, {
        outcome: 'drop',
        remedy: '"lamp group list" shows those that there are',
      });
    const items = await this.assignments.members(tenant, spec, { now: this.clock.now(), cursor, limit });
    return { items, next: items.length < limit ? null : items.at(-1)!.deviceId };
  }
}
