import type { SqlParams } from '../../domain/filter.ts';
import type { Pace } from '../../ports/plan.ts';
import { judgeDevices, type Judgement } from './judge-devices.ts';

export interface ChunkOf {
  judgement: Judgement;
  rolloutId: string;
  occurrenceId: string;
  zone: string;
  defaultZone: string;
  /** What devices report that is no zone; needed for the default zone alone. */
  strangeZones: readonly string[];
  after: string;
  limit: number;
  changedSince: Date | undefined;
  firstWave: number;
  pace: Pace;
  releaseAt: Date;
  stopsAt: Date;
  /** Where the deadline is a day. */
  deadlineAt: Date | null;
}

/**
 * Plans the next devices of an occurrence: judged, written over what a former night left, dealt into waves ring by ring.
 *
 * Plan: index scan of device (primary key, or its zones, from the cursor, stops at the limit) → hash join with the best releases (a few
 * thousand rows, sorted once) → one primary-key look-up per device in this rollout's rows → insert. Cost follows the chunk, not
 * the fleet. The planner cannot guess how many rows a chunk has and would join it row by row with itself: run it
 * unnamed (planned each time), with nested loops, sequential and bitmap scans and jit off; the look-ups are LATERAL, which stays a nested loop.
 */
export function planChunk(of: ChunkOf, params: SqlParams): string {
  const { judgement, changedSince } = of;
  const where = [`d.device_id > ${params.add(of.after, 'text')}`, ...zoneTerms(of, params)];
  if (changedSince !== undefined) where.push(`d.updated_at > ${params.add(changedSince, 'timestamptz')}`);
  const limit = params.add(of.limit, 'bigint');
  const keys: Keys = {
    tenant: params.add(judgement.tenant, 'text'),
    rollout: `${params.add(of.rolloutId, 'text')}::uuid`,
    occurrence: `${params.add(of.occurrenceId, 'text')}::uuid`,
    now: params.add(judgement.now, 'timestamptz'),
    deadlineAt: params.add(of.deadlineAt, 'timestamptz'),
    firstWave: `${params.add(of.firstWave, 'bigint')}::int`,
  };
  return `
WITH ${judgeDevices(judgement, params, where, `ORDER BY d.device_id LIMIT ${limit}`)}, ${dealt(of, keys, params)}, ${written(of, keys, params)},
${told(keys)}, ${waves(of, keys, params)}
SELECT (SELECT count(*) FROM scanned) AS scanned,
       coalesce((SELECT max(device_id COLLATE "C") FROM scanned), '') AS cursor,
       (SELECT count(*) FROM written WHERE state = 'planned') AS planned,
       ${changedSince === undefined ? COUNTED : JOINED},
       (SELECT count(*) FROM waves) AS waves`;
}

/** Places of what several parts of the statement use. */
type Keys = Readonly<Record<'tenant' | 'rollout' | 'occurrence' | 'now' | 'deadlineAt' | 'firstWave', string>>;

/** Those that are new to the rollout, or that a former window leaves to this one; in batches by ring. */
function dealt({ judgement, pace }: ChunkOf, keys: Keys, params: SqlParams): string {
  const { tenant, rollout, occurrence, now, deadlineAt } = keys;
  return `dealt AS (
  SELECT j.*, old.state AS old_state, old.version AS old_version, old.occurrence_id AS old_occurrence,
         CASE WHEN j.reason IS NULL THEN 'planned' WHEN j.reason = 'already-at-target' THEN 'installed' ELSE 'not-eligible' END AS state,
         (row_number() OVER (PARTITION BY j.reason IS NULL, j.ring ORDER BY hashtext(j.device_id)) - 1) / ${params.add(pace.waveSize, 'bigint')}::int AS batch
    FROM judged j
    LEFT JOIN LATERAL (
           SELECT o.* FROM update_scheduler.device_update o
            WHERE o.tenant = ${tenant} AND o.rollout_id = ${rollout} AND o.device_id = j.device_id LIMIT 1) old ON true
   WHERE old.device_id IS NULL
      -- What the device itself said when it was asked holds for this window.
      OR (old.state = 'not-eligible' AND j.reason IS DISTINCT FROM old.reason
          AND (old.wave < 0 OR old.occurrence_id <> ${occurrence} OR old.reason = 'left-management'))
      -- What was taken back while the rollout was held; devices that are asked meanwhile go on by themselves.
      OR (old.lane = 'ddm' AND old.state = 'waiting' AND old.reason IN ('paused','ring-halted'))
      -- Its base was installed in this window: the improvement that goes on top of it follows at once. Once: one that is overtaken is not sent again.
      OR (old.occurrence_id = ${occurrence} AND old.state = 'installed' AND old.wave >= 0 AND old.lane = 'ddm' AND j.improves AND j.reason IS NULL
          AND old.from_version IS DISTINCT FROM old.target_version)
      OR (old.occurrence_id <> ${occurrence} AND (
            old.state IN ('waiting','planned')
         OR (old.state = 'failed' AND old.reason IS DISTINCT FROM 'aborted')
         OR (old.state IN ('installed','superseded') AND j.below
             AND (old.state = 'installed' OR string_to_array(j.target_version, '.')::int[] > string_to_array(old.target_version, '.')::int[]))
         OR (old.state = 'superseded' AND old.reason = 'told-anew' AND j.reason IS NULL)
         -- A policy that only downloads installs from its deadline on.
         OR (old.state = 'downloaded' AND old.step = '' AND coalesce(j.deadline_at, ${deadlineAt}) <= ${now})
         -- One by declaration ends when it is overdue: its declaration is taken back then.
         OR (old.lane = 'mdm' AND old.stops_at <= ${now} AND old.updated_at < ${params.add(judgement.resendBefore, 'timestamptz')}
             AND old.state IN ('scanning','available','commanded','downloading','downloaded','installing'))))
)`;
}

/**
 * Rows that there are not yet are added without a look at whether they are there: if a device that changes its zone is planned by two windows in
 * one moment, the later one fails and is tried again.
 */
function written({ judgement, stopsAt }: ChunkOf, keys: Keys, params: SqlParams): string {
  const { tenant, rollout, occurrence, now, deadlineAt, firstWave } = keys;
  const into = `INSERT INTO update_scheduler.device_update AS u (tenant, rollout_id, device_id, occurrence_id, wave, state, reason, step, platform, lane,
         from_version, target_version, target_build, ring, deadline_at, version, stops_at, updated_at)
  SELECT ${tenant}, ${rollout}, device_id, ${occurrence}, CASE WHEN state = 'planned' THEN ${firstWave} + place ELSE -1 END,
         state, reason, '', platform, lane, os_version, target_version, target_build, ring, coalesce(deadline_at, ${deadlineAt}),
         coalesce(old_version + 1, 0), ${params.add(stopsAt, 'timestamptz')}, ${now}
    FROM placed`;
  const returning = 'RETURNING u.device_id, u.state, u.wave, u.ring, u.version, u.reason, u.target_version';
  return `placed AS MATERIALIZED (SELECT *, ${waveOf(judgement)} AS place FROM dealt), added AS (
  ${into} WHERE old_version IS NULL
  ${returning}
), rewritten AS (
  ${into} WHERE old_version IS NOT NULL
  ON CONFLICT (tenant, rollout_id, device_id) DO UPDATE
     SET occurrence_id = EXCLUDED.occurrence_id, wave = EXCLUDED.wave, state = EXCLUDED.state, reason = EXCLUDED.reason, step = '',
         platform = EXCLUDED.platform, lane = EXCLUDED.lane, from_version = EXCLUDED.from_version, target_version = EXCLUDED.target_version,
         target_build = EXCLUDED.target_build, ring = EXCLUDED.ring, deadline_at = EXCLUDED.deadline_at, product_key = NULL,
         command_id = NULL, install_seq = 0, progress = NULL, progressed_at = NULL, resends = 0, version = EXCLUDED.version,
         stops_at = EXCLUDED.stops_at, commanded_at = NULL, updated_at = EXCLUDED.updated_at, traceparent = NULL
   WHERE u.version = EXCLUDED.version - 1
  ${returning}
), written AS (SELECT * FROM added UNION ALL SELECT * FROM rewritten)`;
}

function told({ tenant, rollout, now }: Keys): string {
  return `told AS (
  INSERT INTO update_scheduler.update_event (tenant, device_id, rollout_id, version, at, from_state, to_state, reason, detail)
  SELECT ${tenant}, w.device_id, ${rollout}, w.version, ${now}, coalesce(d.old_state, 'planned'), w.state, w.reason,
         CASE w.state WHEN 'planned' THEN 'Planned for wave ' || w.wave || ', target ' || w.target_version || '.'
                      WHEN 'installed' THEN 'The device runs the target version or a newer one; nothing is sent.'
                      ELSE 'The device takes no part in this window.' END
    FROM written w JOIN dealt d ON d.device_id = w.device_id
)`;
}

function waves({ pace, releaseAt }: ChunkOf, keys: Keys, params: SqlParams): string {
  const { tenant, rollout, occurrence, firstWave } = keys;
  const every = `make_interval(secs => ${params.add(pace.waveEveryMs, 'bigint')}::float8 / 1000)`;
  return `waves AS (
  INSERT INTO update_scheduler.wave (tenant, occurrence_id, wave, rollout_id, ring, release_at, devices)
  SELECT ${tenant}, ${occurrence}, wave, ${rollout}, ring, ${params.add(releaseAt, 'timestamptz')} + (wave - ${firstWave}) * ${every}, count(*)
    FROM written WHERE state = 'planned' GROUP BY wave, ring
  RETURNING wave
)`;
}

/** A whole plan counts what it judged; those that join, what they change of it. */
const COUNTED = `(SELECT count(*) FROM judged WHERE reason IS NOT NULL AND reason <> 'already-at-target') AS not_eligible,
       (SELECT count(*) FROM judged WHERE reason = 'already-at-target') AS already_installed`;
const JOINED = `(SELECT count(*) FILTER (WHERE state = 'not-eligible' AND old_state IS NULL)
              - count(*) FILTER (WHERE state <> 'not-eligible' AND old_state = 'not-eligible') FROM dealt) AS not_eligible,
       (SELECT count(*) FROM dealt WHERE state = 'installed') AS already_installed`;

/** A wave is of one ring, so that a halt holds it back. Without rings the batches are the waves. */
function waveOf({ rings }: Judgement): string {
  return rings.length === 0
    ? 'batch'
    : "dense_rank() OVER (ORDER BY state = 'planned' DESC, ring NULLS LAST, batch)::int - 1";
}

/**
 * `time_zone = …` alone is an index scan of the zone. Devices whose zone is not known go with the default one, and so do those that
 * report a zone which there is not.
 */
export function zoneTerms(
  { zone, defaultZone, strangeZones }: Pick<ChunkOf, 'zone' | 'defaultZone' | 'strangeZones'>,
  params: SqlParams,
): string[] {
  if (zone === '*') return [];
  const own = params.add(zone, 'text');
  if (zone !== defaultZone) return [`d.time_zone = ${own}`];
  const strange = strangeZones.length === 0 ? '' : ` OR d.time_zone = ANY(${params.add(strangeZones, 'text[]')})`;
  return [`(coalesce(d.time_zone, ${own}) = ${own}${strange})`];
}
