import { compileAssignment, type SqlParams } from '../../domain/filter.ts';
import { type ChunkOf, zoneTerms } from './plan-chunk.ts';

/**
 * Devices that the policy no longer takes in leave it, as long as nothing was sent: planned, waiting and not-eligible ones. A plan
 * looks at the rows that former windows of its zone have left, a join at the devices whose facts have changed since.
 *
 * Plan: rows by their occurrence (device_update_wave), or changed devices; then one primary-key look-up for each, and the rows by their
 * places: by their keys all rows of the rollout would be read. Run it with nested loops.
 */
export function unassign(of: ChunkOf, params: SqlParams): string {
  const { judgement } = of;
  const now = params.add(judgement.now, 'timestamptz');
  const tenant = params.add(judgement.tenant, 'text');
  const rollout = `${params.add(of.rolloutId, 'text')}::uuid`;
  const candidates =
    of.changedSince === undefined
      ? leftByFormerWindows(of, params, { tenant, rollout, now })
      : ofChangedDevices(of, of.changedSince, params, { tenant, rollout });
  return `
WITH ${candidates}, fallen AS (
  UPDATE update_scheduler.device_update u
     SET state = 'not-eligible', reason = 'unassigned', wave = -1, version = u.version + 1, updated_at = ${now},
         occurrence_id = ${params.add(of.occurrenceId, 'text')}::uuid
    FROM candidates c
   WHERE u.ctid = c.place AND u.version = c.version
     AND (u.state IN ('planned','waiting') OR u.state = 'not-eligible' AND u.reason IS DISTINCT FROM 'unassigned')
  RETURNING u.tenant, u.rollout_id, u.device_id, u.version, c.state AS old_state
), told AS (
  INSERT INTO update_scheduler.update_event (tenant, device_id, rollout_id, version, at, from_state, to_state, reason, detail)
  SELECT tenant, device_id, rollout_id, version, ${now}, old_state, 'not-eligible', 'unassigned', 'The policy no longer takes the device in.'
    FROM fallen
)
${of.changedSince === undefined ? COUNTED : JOINED}`;
}

/** What former windows left is not among this one's counts yet; what a join takes out is. */
const COUNTED = 'SELECT count(*) AS unassigned, 0 AS planned FROM fallen';
const JOINED = `SELECT count(*) FILTER (WHERE old_state <> 'not-eligible') AS unassigned,
       count(*) FILTER (WHERE old_state = 'planned') AS planned FROM fallen`;

type Keys = Readonly<Record<'tenant' | 'rollout', string>>;

function leftByFormerWindows(of: ChunkOf, params: SqlParams, { tenant, rollout, now }: Keys & { now: string }): string {
  const zone = of.zone === '*' ? '' : `AND o.zone = ${params.add(of.zone, 'text')}`;
  return `candidates AS MATERIALIZED (
  SELECT u.place, u.state, u.version
    FROM update_scheduler.occurrence o
   -- OFFSET: a look-up for each former window, and none where there was none; by the rollout all its rows would be read.
   CROSS JOIN LATERAL (
         SELECT l.ctid AS place, l.* FROM update_scheduler.device_update l
          WHERE l.tenant = ${tenant} AND l.occurrence_id = o.occurrence_id AND l.state IN ('planned','waiting','not-eligible') OFFSET 0) u
   WHERE o.tenant = ${tenant} AND o.rollout_id = ${rollout} AND o.stops_at <= ${now} ${zone}
     AND EXISTS (SELECT FROM status_ingestion.device_v1 d
                  WHERE d.tenant = u.tenant AND d.device_id = u.device_id AND NOT ${assigned(of, params)} OFFSET 0)
)`;
}

function ofChangedDevices(of: ChunkOf, changedSince: Date, params: SqlParams, { tenant, rollout }: Keys): string {
  const terms = [
    `d.tenant = ${tenant}`,
    `d.updated_at > ${params.add(changedSince, 'timestamptz')}`,
    ...zoneTerms(of, params),
    `NOT ${assigned(of, params)}`,
  ];
  return `changed AS MATERIALIZED (
  SELECT d.device_id FROM status_ingestion.device_v1 d WHERE ${terms.join(' AND ')}
), candidates AS MATERIALIZED (
  SELECT u.*
    FROM changed
   CROSS JOIN LATERAL (
         SELECT o.ctid AS place, o.state, o.version FROM update_scheduler.device_update o
          WHERE o.tenant = ${tenant} AND o.rollout_id = ${rollout} AND o.device_id = changed.device_id LIMIT 1) u
)`;
}

function assigned({ judgement: { spec, groups } }: ChunkOf, params: SqlParams): string {
  return compileAssignment(spec.assignment, spec.platforms, groups, params);
}
