import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { ForecastStore } from '../ports/pacer.ts';
import type { HeldBack } from '../ports/pacer.ts';

@Injectable()
export class PgForecastStore extends ForecastStore {
  constructor(private readonly db: Database) {
    super();
  }

  override async predict(now: Date, heldBack: HeldBack | null): Promise<void> {
    await this.db.query(PREDICT, [now, heldBack]);
  }
}

/**
 * As planned, the last wave's own time. Where waves are late, the rest at the rate of the last ten minutes: nothing, where none went.
 * Waves of halted rings are not waited for.
 * Windows that somebody works on are left for the next time: a plan would wait for this one, and this one for the plans of all others.
 * Plan: the windows that send, then their waves (primary key).
 */
const PREDICT = {
  name: 'predict-finish',
  text: `
WITH free AS MATERIALIZED (
  SELECT tenant, occurrence_id FROM update_scheduler.occurrence WHERE state <> 'closed' AND stops_at > $1 FOR NO KEY UPDATE SKIP LOCKED
), sending AS (
  SELECT o.tenant, o.occurrence_id, w.*
    FROM free o
   CROSS JOIN LATERAL (
         SELECT max(v.release_at) FILTER (WHERE v.released_at IS NULL) AS last_at,
                coalesce(sum(v.devices) FILTER (WHERE v.released_at IS NULL), 0) AS left_over,
                coalesce(bool_or(v.released_at IS NULL AND v.release_at < $1::timestamptz - interval '1 minute'), false) AS is_late,
                coalesce(sum(v.devices) FILTER (WHERE v.released_at > $1::timestamptz - interval '10 minutes'), 0) / 10.0 AS per_minute
           FROM update_scheduler.wave v
           LEFT JOIN update_scheduler.ring g ON g.tenant = v.tenant AND g.rollout_id = v.rollout_id AND g.ring = v.ring
          WHERE v.tenant = o.tenant AND v.occurrence_id = o.occurrence_id AND g.state IS DISTINCT FROM 'halted') w
)
UPDATE update_scheduler.occurrence o
   SET predicted_finish_at = CASE
         WHEN s.left_over = 0 THEN NULL
         WHEN NOT s.is_late THEN s.last_at
         WHEN s.per_minute = 0 THEN NULL
         ELSE greatest(s.last_at, $1::timestamptz + make_interval(secs => (s.left_over / s.per_minute * 60)::float8)) END,
       held_back = CASE WHEN s.is_late AND s.left_over > 0 THEN $2::text END
  FROM sending s
 WHERE o.tenant = s.tenant AND o.occurrence_id = s.occurrence_id`,
};
