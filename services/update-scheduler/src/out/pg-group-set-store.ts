import { declarationRegroup, type GroupSpec } from '@lamplighter/contracts';
import { Broker, waitingMessages } from '@lamplighter/messaging';
import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { compileGroup, SqlParams } from '../domain/filter.ts';
import type { Difference, GroupSet } from '../ports/group-sets.ts';
import { GroupSetStore } from '../ports/group-sets.ts';

@Injectable()
export class PgGroupSetStore extends GroupSetStore {
  constructor(
    private readonly db: Database,
    private readonly broker: Broker,
  ) {
    super();
  }

  override all(): Promise<GroupSet[]> {
    return this.db.query<GroupSet>(ALL);
  }

  override async differences(
    tx: Tx,
    { tenant, cause }: GroupSet,
    spec: GroupSpec | undefined,
    { now, after, limit }: { now: Date; after: string; limit: number },
  ): Promise<Difference[]> {
    const params = new SqlParams(now, [tenant, cause, after, limit]);
    const isMember = spec ? `(d.enrolled AND strpos(d.device_id, ':') = 0 AND ${compileGroup(spec, params)})` : 'false';
    await tx.query(BY_KEY);
    return tx.query<Difference>({ text: differencesOf(isMember) }, params.values);
  }

  override waiting(): Promise<number> {
    return waitingMessages(this.broker, declarationRegroup);
  }
}

const ALL = {
  name: 'group-sets',
  text: `SELECT tenant, group_name AS "group", set_name AS "set", cause, is_given AS "isGiven", changed_at AS "changedAt"
           FROM ddm.group_set_v1 ORDER BY tenant, group_name, set_name`,
};

/** Along the primary key from the cursor: all pages together read the fleet once. */
const BY_KEY = {
  name: 'group-sets-by-key',
  text: `SELECT set_config(name, 'off', true) FROM unnest(ARRAY['enable_seqscan', 'enable_bitmapscan', 'jit']) AS name`,
};

/**
 * Plan: range scan of device_pkey from the cursor, a look-up of each device on assignment_pkey; stops at the limit.
 *
 * $1 tenant, $2 cause, $3 after, $4 limit, and what the group's rules bind
 */
const differencesOf = (isMember: string): string => `
  SELECT d.device_id AS "deviceId", m.is_member AS "isMember"
    FROM status_ingestion.device_v1 d
   CROSS JOIN LATERAL (SELECT ${isMember} AS is_member) m
   WHERE d.tenant = $1 AND d.device_id > $3
     AND m.is_member <> EXISTS (SELECT FROM ddm.assignment_v1 a
                                 WHERE a.tenant = d.tenant AND a.device_id = d.device_id AND a.cause = $2)
   ORDER BY d.device_id LIMIT $4`;
