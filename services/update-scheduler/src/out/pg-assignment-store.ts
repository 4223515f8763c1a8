import { type DeviceSummary, type Fact, type GroupSpec } from '@lamplighter/contracts';
import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { COLUMNS, compileGroup, SqlParams } from '../domain/filter.ts';
import type { FactsOfDevice } from '../domain/member.ts';
import { AssignmentStore } from '../ports/assignment.ts';
import type { HeldPolicy } from '../ports/assignment.ts';
import { readFleet } from './fleet-read.ts';
import { storedPolicy } from './stored-policy.ts';

type SummaryRow = Omit<DeviceSummary, 'lastAnswerAt'> & { lastAnswerAt: Date | null };

@Injectable()
export class PgAssignmentStore extends AssignmentStore {
  constructor(private readonly db: Database) {
    super();
  }

  override async groups(tx: Tx, tenant: string): Promise<ReadonlyMap<string, GroupSpec>> {
    const rows = await tx.query<{ spec: GroupSpec }>(GROUPS, [tenant]);
    return new Map(rows.map(({ spec }) => [spec.name, spec]));
  }

  override async policies(tx: Tx, tenant: string): Promise<HeldPolicy[]> {
    const rows = await tx.query<HeldPolicy>(POLICIES, [tenant]);
    return rows.map((row) => ({ ...row, spec: storedPolicy(row.spec) }));
  }

  override async facts(tenant: string, deviceId: string): Promise<(FactsOfDevice & { enrolled: boolean }) | undefined> {
    const [row] = await this.db.query<FactsOfDevice & { enrolled: boolean }>(FACTS_OF, [tenant, deviceId]);
    return row;
  }

  override async count(tenant: string, spec: GroupSpec, now: Date): Promise<{ devices: number; enrolled: number }> {
    const params = new SqlParams(now, [tenant]);
    const text = `SELECT count(*) FILTER (WHERE ${compileGroup(spec, params)}) AS devices, count(*) AS enrolled ${FLEET}`;
    const [row] = await readFleet(this.db, (tx) =>
      tx.query<{ devices: number; enrolled: number }>({ text }, params.values),
    );
    return row!;
  }

  override async members(
    tenant: string,
    spec: GroupSpec,
    { now, cursor, limit }: { now: Date; cursor: string; limit: number },
  ): Promise<DeviceSummary[]> {
    const params = new SqlParams(now, [tenant, cursor, limit]);
    const text = `${SUMMARY} ${FLEET} AND d.device_id > $2 AND ${compileGroup(spec, params)} ORDER BY d.device_id LIMIT $3`;
    const rows = await readFleet(this.db, async (tx) => {
      await tx.query(BY_KEY);
      return tx.query<SummaryRow>({ text }, params.values);
    });
    return rows.map((row) => ({ ...row, lastAnswerAt: row.lastAnswerAt?.toISOString() ?? null }));
  }
}

/** Enrolled devices; users of devices (`<device>:<user>`) are none. */
const FLEET = `FROM status_ingestion.device_v1 d WHERE d.tenant = $1 AND d.enrolled AND strpos(d.device_id, ':') = 0`;

/** Along the primary key from the cursor: all pages together read the fleet once, where each would sort it otherwise. */
const BY_KEY = {
  name: 'members-by-key',
  text: `SELECT set_config(name, 'off', true) FROM unnest(ARRAY['enable_seqscan', 'enable_bitmapscan', 'jit']) AS name`,
};

const SUMMARY = `
  SELECT d.device_id AS "deviceId", d.enrolled, d.platform, d.product_name AS "productName", d.device_name AS "deviceName",
         d.serial_number AS "serialNumber", d.os_version AS "osVersion", d.build_version AS "buildVersion",
         d.is_supervised AS supervised, d.time_zone AS "timeZone", d.last_answer_at AS "lastAnswerAt"`;

const GROUPS = { text: `SELECT spec FROM update_scheduler.device_group WHERE tenant = $1 FOR KEY SHARE` };

const POLICIES = {
  text: `SELECT policy_id AS "policyId", version, spec, paused, created_at AS "createdAt"
           FROM update_scheduler.policy WHERE tenant = $1 AND archived_at IS NULL`,
};

const FACTS_OF = {
  text: `SELECT ${(Object.keys(COLUMNS) as Fact[]).map((fact) => `${COLUMNS[fact]} AS "${fact}"`).join(', ')}, enrolled
           FROM status_ingestion.device_v1 WHERE tenant = $1 AND device_id = $2`,
};
