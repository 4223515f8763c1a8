import type { PolicySpec, RingSpec } from '@lamplighter/contracts';
import { compileAssignment, compileGroup, type GroupsByName, type SqlParams } from '../../domain/filter.ts';
import { compileTakenBefore, type Ranked } from '../../domain/precedence.ts';
import { daysAfterRelease } from '../../domain/rings.ts';
import { targetsOf } from '../../domain/target.ts';

/** What devices are judged by: the same for a plan and for a dry run. */
export interface Judgement {
  tenant: string;
  policyId: string;
  spec: PolicySpec;
  isEmergency: boolean;
  now: Date;
  groups: GroupsByName;
  /** All policies of the tenant that hold devices. */
  policies: readonly Ranked[];
  /** Empty where there are no rings, or they are passed over. */
  rings: readonly RingSpec[];
  /** For each ring why its devices wait: `ring-not-reached`, `ring-halted`; null: it goes. */
  ringReasons: readonly (string | null)[];
  /** Rollouts that may hold a device. */
  otherRollouts: readonly string[];
  /** An update in flight without a sign of life since then holds nothing. */
  resendBefore: Date;
}

/**
 * Devices judged against catalogue, assignment, precedence and rings, as CTEs that end with `judged`: device_id, platform, os_version,
 * target_version, target_build, lane (mdm, ddm), ring, deadline_at, reason (null: it takes part) and below (the target is above what it runs).
 * `scanned` are the devices that the policy takes in, no matter whether a policy of greater precedence holds them.
 *
 * @param where further conditions on `d`, a row of device_v1; `tail` orders and limits the scan
 */
export function judgeDevices(j: Judgement, params: SqlParams, where: readonly string[], tail = ''): string {
  const ring = ringOf(j, params);
  const taken = compileTakenBefore(j.policyId, j.policies, j.groups, params);
  const conditions = [
    `d.tenant = ${params.add(j.tenant, 'text')}`,
    'd.enrolled',
    "strpos(d.device_id, ':') = 0",
    compileAssignment(j.spec.assignment, j.spec.platforms, j.groups, params),
    ...where,
  ];
  const today = `${params.add(j.now.toISOString().slice(0, 10), 'text')}::date`;
  return `
${targetTable(j, params)}, scanned AS MATERIALIZED (
  SELECT d.device_id, d.platform, d.os_version, d.os_version_key, d.is_supervised, d.build_version, d.supplemental_build,
         -- Macs before macOS 12 report no software update device id; some lists name Macs by product.
         CASE d.platform WHEN 'macOS' THEN coalesce(d.software_update_device_id, d.product_name) ELSE d.product_name END AS model,
         ${ring} AS ring, ${taken} AS taken
    FROM status_ingestion.device_v1 d
   WHERE ${conditions.join('\n     AND ')}
   ${tail}
), best AS MATERIALIZED (
  SELECT DISTINCT ON (t.platform, r.supported_device, CASE WHEN t.within_major THEN r.version_key / 1000000 ELSE -1 END)
         t.platform, r.supported_device, CASE WHEN t.within_major THEN r.version_key / 1000000 ELSE -1 END AS major,
         r.version, r.version_key, r.build, r.posted_at, r.enforceable, r.posted_at + t.days_after <= ${today} AS counts
    FROM targets t
    JOIN update_scheduler.release_device r ON r.version_key BETWEEN t.low AND t.high AND (t.build IS NULL OR r.build = t.build)
   WHERE r.expires_at IS NULL OR r.expires_at > ${today}
   ORDER BY t.platform, r.supported_device, 3, counts DESC, r.version_key DESC, length(r.build), r.build
), known AS MATERIALIZED (
  SELECT s.*, ${laneOf(j, params)} AS lane, t.enough, t.security_responses, t.days_after, CASE WHEN t.within_major THEN s.os_version_key / 1000000 ELSE -1 END AS major
    FROM scanned s JOIN targets t ON t.platform = s.platform
), judged AS (
  SELECT s.device_id, s.platform, s.os_version, coalesce(i.version, b.version, '') AS target_version, coalesce(i.build, b.build, '') AS target_build,
         s.lane, s.ring, ${deadline(j, params)} AS deadline_at, i.build IS NOT NULL OR s.os_version_key < b.version_key AS below,
         i.build IS NOT NULL AS improves,
         CASE
           WHEN s.taken THEN 'other-policy'
           WHEN i.build IS NOT NULL AND s.lane = 'mdm' AND s.os_version_key < 27000000 THEN 'security-response-by-declaration'
           WHEN (i.build IS NULL OR s.lane = 'mdm') AND (s.os_version_key >= b.version_key OR s.os_version_key >= s.enough) THEN 'already-at-target'
           WHEN s.os_version_key IS NULL OR s.model IS NULL OR s.is_supervised IS NULL THEN 'facts-missing'
           WHEN s.lane = 'mdm' AND (s.os_version_key >= 27000000 OR s.platform = 'visionOS') THEN 'ddm-lane-pending'
           WHEN NOT s.is_supervised AND (s.lane = 'mdm' OR s.platform = 'macOS') THEN 'not-supervised'
           WHEN b.version_key IS NULL AND i.build IS NULL THEN 'no-release'
           WHEN s.lane = 'ddm' AND i.build IS NULL AND NOT b.enforceable THEN 'not-enforceable'
           WHEN NOT coalesce(i.counts, b.counts) THEN 'release-too-new'
           ${ringReasons(j, params, today)}
           ${heldElsewhere(j, params)}
         END AS reason
    FROM known s
    LEFT JOIN best b ON b.platform = s.platform AND b.supported_device = s.model AND b.major = s.major
    ${improvement(j, today)}
)`;
}

/**
 * By declaration where the OS enforces and the device has said that it takes enforcements (Apple: from iOS and iPadOS 17, macOS 14,
 * tvOS 18.4, visionOS 26 on). Others are not looked up.
 */
function laneOf({ tenant }: Judgement, params: SqlParams): string {
  return `CASE
           WHEN s.os_version_key >= CASE s.platform WHEN 'macOS' THEN 14000000 WHEN 'tvOS' THEN 18004000 WHEN 'visionOS' THEN 26000000 ELSE 17000000 END
            AND EXISTS (SELECT FROM status_ingestion.device_ddm_v1 c
                         WHERE c.tenant = ${params.add(tenant, 'text')} AND c.device_id = s.device_id AND c.ddm_enabled AND c.supports_enforcement) THEN 'ddm'
           ELSE 'mdm' END`;
}

/** One row for each platform of the policy. */
function targetTable(j: Judgement, params: SqlParams): string {
  const targets = targetsOf(j.spec, j.isEmergency);
  const column = (of: (target: (typeof targets)[number]) => unknown, type: 'text[]' | 'bigint[]') =>
    params.add(targets.map(of), type);
  return `targets AS MATERIALIZED (
  SELECT platform, low, high, build, within_major::boolean, enough, days_after::int, security_responses::boolean
    FROM unnest(${column((one) => one.platform, 'text[]')}, ${column((one) => one.low, 'bigint[]')}, ${column((one) => one.high, 'bigint[]')},
                ${column((one) => one.build, 'text[]')}, ${column((one) => String(one.withinMajor), 'text[]')}, ${column((one) => one.enough, 'bigint[]')},
                ${column((one) => one.daysAfterRelease, 'bigint[]')}, ${column((one) => String(one.securityResponses), 'text[]')})
      AS t (platform, low, high, build, within_major, enough, days_after, security_responses)
)`;
}

/**
 * The first ring that takes the device in; null where none does. A share is cut by a hash of the device, seeded with policy and
 * ring: independent of other rings and of the waves, and the same each time.
 */
function ringOf({ rings, groups, policyId }: Judgement, params: SqlParams): string {
  if (rings.length === 0) return 'NULL::int';
  const cases = rings.map((ring, place) => {
    const terms: string[] = [];
    if (ring.groups !== undefined) {
      const some = ring.groups.flatMap((name) => groups.get(name) ?? []).map((group) => compileGroup(group, params));
      terms.push(some.length === 0 ? 'false' : `(${some.join(' OR ')})`);
    }
    if (ring.percent !== undefined && ring.percent < 100) {
      const seed = `hashtextextended(${params.add(`${policyId} ${place}`, 'text')}, 0)`;
      const parts = params.add(Math.round(ring.percent * 10_000), 'bigint');
      terms.push(`abs(hashtextextended(d.device_id, ${seed}) % 1000000) < ${parts}`);
    }
    return `WHEN ${terms.length === 0 ? 'true' : terms.join(' AND ')} THEN ${place}`;
  });
  return `CASE ${cases.join(' ')} END`;
}

function ringReasons({ rings, ringReasons: reasons }: Judgement, params: SqlParams, today: string): string {
  if (rings.length === 0) return '';
  const days = params.add(rings.map(daysAfterRelease), 'bigint[]');
  return `WHEN s.ring IS NULL THEN 'no-ring'
           WHEN (${params.add(reasons, 'text[]')})[s.ring + 1] IS NOT NULL THEN (${params.add(reasons, 'text[]')})[s.ring + 1]
           WHEN coalesce(i.posted_at, b.posted_at) + (${days})[s.ring + 1]::int > ${today} THEN 'ring-not-reached'`;
}

/**
 * The newest security improvement for what a device runs that has no release to come, where it lacks that one: `i`. Commands bring
 * releases only; a device below its release gets the improvements with it, by a declaration that names no build.
 */
function improvement(j: Judgement, today: string): string {
  if (!targetsOf(j.spec, j.isEmergency).some((target) => target.securityResponses)) {
    return 'CROSS JOIN (SELECT NULL::text AS version, NULL::text AS build, NULL::date AS posted_at, NULL::boolean AS counts) i';
  }
  return `LEFT JOIN LATERAL (
           SELECT n.* FROM (
                  SELECT d.version, d.build, d.posted_at, d.posted_at + s.days_after <= ${today} AS counts
                    FROM update_scheduler.improvement_device d
                   WHERE d.supported_device = s.model AND d.version_key = s.os_version_key AND (d.expires_at IS NULL OR d.expires_at > ${today})
                     AND (d.prerequisite_build IS NULL OR d.prerequisite_build IN (s.build_version, s.supplemental_build) OR d.build = s.supplemental_build)
                   ORDER BY d.posted_at DESC, d.version_extra DESC LIMIT 1) n
            WHERE n.build IS DISTINCT FROM s.supplemental_build
         ) i ON s.security_responses AND (b.version_key IS NULL OR s.os_version_key >= b.version_key)`;
}

function heldElsewhere({ tenant, otherRollouts, resendBefore, now }: Judgement, params: SqlParams): string {
  if (otherRollouts.length === 0) return '';
  return `WHEN EXISTS (
             SELECT FROM update_scheduler.device_update o
              WHERE o.tenant = ${params.add(tenant, 'text')} AND o.rollout_id = ANY(${params.add(otherRollouts, 'text[]')}::uuid[]) AND o.device_id = s.device_id
                -- What was told by declaration holds a device from its time on; before, who has the device now tells it anew.
                AND NOT (s.lane = 'ddm' AND o.step = 'enforce' AND o.state <> 'installing' AND o.stops_at > ${params.add(now, 'timestamptz')})
                -- What has no step any more is at its end: a download that its policy leaves at that.
                AND (o.state IN ('scanning','available','commanded','downloading','downloaded','installing') AND o.step <> '' AND (o.updated_at >= ${params.add(resendBefore, 'timestamptz')} OR o.lane = 'ddm' AND o.stops_at > ${params.add(now, 'timestamptz')})
                  OR o.state = 'planned' AND o.stops_at > ${params.add(now, 'timestamptz')})) THEN 'other-rollout'`;
}

/** Of a deadline that is a day the occurrence knows the instant. */
function deadline({ spec: { deadline: own } }: Judgement, params: SqlParams): string {
  if (own === undefined || 'date' in own) return 'NULL::timestamptz';
  return `(coalesce(i.posted_at, b.posted_at) + ${params.add(own.daysAfterRelease, 'bigint')}::int)::timestamp AT TIME ZONE 'UTC'`;
}
