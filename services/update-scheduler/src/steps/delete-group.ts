import { AppError, type groupDelete, type InputOf } from '@lamplighter/contracts';
import { Clock, Database, Log } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { GroupStore } from '../assignment-ports.ts';

/** Removes a group that no policy names. */
@Injectable()
export class DeleteGroup {
  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly groups: GroupStore,
    private readonly log: Log,
  ) {}

  async run({ tenant, name, by }: InputOf<typeof groupDelete>): Promise<{ name: string }> {
    await this.db.transaction(async (tx) => {
      if (!(await this.groups.find(tx, tenant, name))) throw unknownGroup(name);
      const users = await this.groups.usedBy(tx, tenant, name);
      if (users.length > 0) throw inUse(name, users);
      await this.groups.remove(tx, tenant, name, { at: this.clock.now(), by });
    });
    this.log.info({ tenant, group: name }, 'group removed');
    return { name };
  }
}

export function unknownGroup(name: string): AppError {
  return new AppError('group.not-found', `there is no group "${name}" in this tenant`, {
    outcome: 'drop',
    remedy: '"lamp group list" shows those that there are',
  });
}

function inUse(name: string, users: readonly string[]): AppError {
  const named = users
    .slice(0, 10)
    .map((user) => `"${user}"`)
    .join(', ');
  const more = users.length > 10 ? ` and ${users.length - 10} more` : '';
  return new AppError('group.in-use', `the group "${name}" is named by the policies ${named}${more}`, {
    outcome: 'drop',
    remedy: 'take it out of these policies first',
  });
}
