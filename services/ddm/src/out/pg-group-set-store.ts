import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { GroupSet } from '../ports/group-sets.ts';
import { GroupSetStore } from '../ports/group-sets.ts';

@Injectable()
export class PgGroupSetStore extends GroupSetStore {
  override async change(
    tx: Tx,
    tenant: string,
    { group, set, cause, isGiven }: GroupSet & { cause: string; isGiven: boolean },
    now: Date,
  ): Promise<boolean> {
    const values = [tenant, group, set, now];
    return (await tx.query(isGiven ? GIVE : TAKE, isGiven ? [...values, cause] : values)).length > 0;
  }

  override async isGiven(tx: Tx, tenant: string, { group, set }: GroupSet): Promise<boolean> {
    return (await tx.query(IS_GIVEN, [tenant, group, set])).length > 0;
  }

  override async clear(tx: Tx, tenant: string, before: Date): Promise<void> {
    await tx.query(CLEAR, [tenant, before]);
  }
}

const GIVE = {
  text: `
INSERT INTO ddm.group_set AS s (tenant, group_name, set_name, cause, is_given, changed_at) VALUES ($1, $2, $3, $5, true, $4)
ON CONFLICT (tenant, group_name, set_name) DO UPDATE SET is_given = true, changed_at = EXCLUDED.changed_at WHERE NOT s.is_given
RETURNING set_name`,
};

const TAKE = {
  text: `
UPDATE ddm.group_set SET is_given = false, changed_at = $4
 WHERE tenant = $1 AND group_name = $2 AND set_name = $3 AND is_given RETURNING set_name`,
};

const IS_GIVEN = {
  name: 'ddm-group-set-is-given',
  text: 'SELECT FROM ddm.group_set WHERE tenant = $1 AND group_name = $2 AND set_name = $3 AND is_given',
};

const CLEAR = { text: 'DELETE FROM ddm.group_set WHERE tenant = $1 AND NOT is_given AND changed_at < $2' };
