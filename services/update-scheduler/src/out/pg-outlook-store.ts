import { derivedUuid, type PolicySpec, resolveWindows, type WindowSpec } from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { SqlParams } from '../domain/filter.ts';
import { type Ring, ringsAtStart, ringsOf } from '../domain/rings.ts';
import type { JudgedDevice, OutlookTerms } from '../ports/assignment.ts';
import { OutlookStore } from '../ports/assignment.ts';
import { readFleet } from './fleet-read.ts';
import { groupsOf, otherRollouts, rankedPolicies } from './judgement-inputs.ts';
import { LONGEST_HOURS, whyWaits } from './pg-plan-store.ts';
import { keyedWindows } from './pg-window-store.ts';
import { judgeDevices, type Judgement } from './sql/judge-devices.ts';
import { RINGS } from './sql/judgement-inputs.ts';
import { storedPolicy } from './stored-policy.ts';

const HOUR_MS = 3_600_000;

type TermsRow = Omit<OutlookTerms, 'windows'> & {
  rolloutSpec: PolicySpec | null;
  named: Record<string, WindowSpec> | null;
};

@Injectable()
export class PgOutlookStore extends OutlookStore {
  constructor(private readonly db: Database) {
    super();
  }

  override async terms(tenant: string, policyId: string): Promise<OutlookTerms | undefined> {
    const [row] = await this.db.query<TermsRow>(TERMS, [tenant, policyId]);
    if (!row) return undefined;
    const { named, rolloutSpec, spec: current, ...rest } = row;
    const spec = storedPolicy(rolloutSpec ?? current);
    const windows = keyedWindows(spec, named ?? {});
    return { ...rest, emergency: rest.emergency || spec.emergency, spec: resolveWindows(spec, named ?? {}), windows };
  }

  override async judge(
    terms: OutlookTerms,
    localDate: string,
    now: Date,
    deviceId: string,
  ): Promise<JudgedDevice | undefined> {
    const { judgement, rings } = await this.judgement(terms, localDate, now);
    const params = new SqlParams(now);
    const judged = judgeDevices(judgement, params, [`d.device_id = ${params.add(deviceId, 'text')}`]);
    const [row] = await this.db.query<JudgedRow>(
      {
        text: `WITH ${judged} SELECT reason, target_version AS version, target_build AS build, ring, deadline_at AS "deadlineAt" FROM judged`,
      },
      params.values,
    );
    if (!row) return undefined;
    const { ring, version, build, ...rest } = row;
    const own = rings.find((one) => one.ring === ring);
    return {
      ...rest,
      target: version === '' ? null : { version, build },
      ring: own === undefined ? null : { name: own.name, state: own.state, opensOn: own.opensOn },
    };
  }

  override async count(terms: OutlookTerms, localDate: string, now: Date): Promise<CountRow[]> {
    const { judgement } = await this.judgement(terms, localDate, now);
    const params = new SqlParams(now);
    const judged = judgeDevices(judgement, params, []);
    const text = `WITH ${judged}
                  SELECT d.time_zone AS zone, j.reason, count(*) AS devices
                    FROM judged j
                    JOIN status_ingestion.device_v1 d ON d.tenant = ${params.add(terms.tenant, 'text')} AND d.device_id = j.device_id
                   GROUP BY 1, 2`;
    return readFleet(this.db, (tx) => tx.query<CountRow>({ text }, params.values));
  }

  private async judgement(
    terms: OutlookTerms,
    localDate: string,
    now: Date,
  ): Promise<{ judgement: Judgement; rings: (Ring & { name: string })[] }> {
    const { tenant, policyId, spec, emergency } = terms;
    const rolloutId = terms.rolloutId ?? derivedUuid('rollout', tenant, policyId, terms.policyVersion);
    const specs = ringsOf(spec, emergency);
    const stored = await this.db.query<Ring>(RINGS, [tenant, rolloutId]);
    const states = stored.length > 0 ? stored : ringsAtStart(specs, localDate, emergency);
    const rings = states.flatMap((ring) => ({ ...ring, name: specs[ring.ring]?.name ?? `#${ring.ring + 1}` }));
    const judgement: Judgement = {
      tenant,
      policyId,
      spec,
      isEmergency: emergency,
      now,
      groups: await groupsOf(this.db, tenant),
      policies: await rankedPolicies(this.db, tenant),
      rings: specs,
      ringReasons: states.map((ring) => whyWaits(ring, localDate)),
      otherRollouts: await otherRollouts(
        this.db,
        tenant,
        { rolloutId },
        new Date(now.getTime() - LONGEST_HOURS * HOUR_MS),
      ),
      resendBefore: new Date(now.getTime() - spec.resendAfterHours * HOUR_MS),
    };
    return { judgement, rings };
  }
}

interface JudgedRow {
  reason: string | null;
  version: string;
  build: string;
  ring: number | null;
  deadlineAt: Date | null;
}

interface CountRow {
  zone: string | null;
  reason: string | null;
  devices: number;
}

const TERMS = {
  text: `SELECT p.tenant, p.policy_id AS "policyId", p.name AS "policyName", p.version AS "policyVersion", p.spec, p.paused,
                coalesce(t.paused, false) AS "tenantPaused", r.rollout_id AS "rolloutId", r.state AS "rolloutState",
                coalesce(r.emergency, false) AS emergency, r.spec AS "rolloutSpec",
                (SELECT jsonb_object_agg(w.name, w.spec) FROM update_scheduler.window w
                  WHERE w.tenant = p.tenant AND p.spec->'windows' ? w.name) AS named
           FROM update_scheduler.policy p
           LEFT JOIN update_scheduler.rollout r ON r.tenant = p.tenant AND r.policy_id = p.policy_id AND r.policy_version = p.version
           LEFT JOIN update_scheduler.tenant_state t ON t.tenant = p.tenant
          WHERE p.tenant = $1 AND p.policy_id = $2 AND p.archived_at IS NULL`,
};
