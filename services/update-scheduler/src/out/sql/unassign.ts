import { compileAssignment, type SqlParams } from '../../domain/filter.ts';
import { type ChunkOf, zoneTerms } from './plan-chunk.ts';

/**
 * Devices between two cursors that the policy no longer takes in leave it, as long as nothing was sent: planned, waiting and
 * not-eligible ones. Of a plan the rows of former nights, of a join those whose facts changed.
 *
 * Plan: range scan of this rollout's rows (primary key) → one primary-key look-up of the device for each that is not of this occurrence.
 * `upTo`: empty for the last chunk.
 */
export function unassign(of: ChunkOf, upTo: string, params: SqlParams): string {
  const { judgement, changedSince } = of;
  const { spec, groups } = judgement;
  const now = params.add(judgement.now, 'timestamptz');
  const rows = [
    `u.tenant = ${params.add(judgement.tenant, 'text')}`,
    `u.rollout_id = ${params.add(of.rolloutId, 'text')}::uuid`,
    `u.device_id > ${params.add(of.after, 'text')}`,
    ...(upTo === '' ? [] : [`u.device_id <= ${params.add(upTo, 'text')}`]),
    `(u.state IN ('planned','waiting') OR u.state = 'not-eligible' AND u.reason IS DISTINCT FROM 'unassigned')`,
  ];
  const devices = [
    ...zoneTerms(of, params),
    `NOT ${compileAssignment(spec.assignment, spec.platforms, groups, params)}`,
  ];
  if (changedSince === undefined) rows.push(`u.occurrence_id <> ${params.add(of.occurrenceId, 'text')}::uuid`);
  else devices.push(`d.updated_at > ${params.add(changedSince, 'timestamptz')}`);
  return `
WITH fallen AS (
  UPDATE update_scheduler.device_update u
     SET state = 'not-eligible', reason = 'unassigned', wave = -1, version = u.version + 1, updated_at = ${now}, occurrence_id = ${params.add(of.occurrenceId, 'text')}::uuid
    FROM (SELECT u.device_id, u.state, u.version FROM update_scheduler.device_update u
           WHERE ${rows.join(' AND ')}
             AND EXISTS (SELECT FROM status_ingestion.device_v1 d WHERE d.tenant = u.tenant AND d.device_id = u.device_id
                            AND ${devices.join(' AND ')})) old
   WHERE u.tenant = ${params.add(judgement.tenant, 'text')} AND u.rollout_id = ${params.add(of.rolloutId, 'text')}::uuid
     AND u.device_id = old.device_id AND u.version = old.version
  RETURNING u.tenant, u.rollout_id, u.device_id, u.version, old.state AS old_state
), told AS (
  INSERT INTO update_scheduler.update_event (tenant, device_id, rollout_id, version, at, from_state, to_state, reason, detail)
  SELECT tenant, device_id, rollout_id, version, ${now}, old_state, 'not-eligible', 'unassigned', 'The policy no longer takes the device in.'
    FROM fallen
)
SELECT count(*) AS unassigned, count(*) FILTER (WHERE old_state = 'planned') AS planned FROM fallen`;
}
