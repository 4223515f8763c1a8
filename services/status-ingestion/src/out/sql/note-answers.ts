import type { Statement } from '@lamplighter/runtime';

/**
 * $1 tenants, $2 device ids, $3 instants (parallel arrays, one entry a device, sorted); $4 now.
 * Plan: function scan → insert with primary-key conflict check. The rows are locked in the order of the arrays, so two
 * batches cannot dead-lock, and a repeat in another batch waits until this one is committed.
 */
export const noteAnswers: Statement = {
  name: 'note-answers',
  text: `
INSERT INTO status_ingestion.device AS d (tenant, device_id, enrolled, generation, platform, last_answer_at, updated_at)
SELECT a.tenant, a.device_id, false, 0, 'unknown', a.at, $4::timestamptz
  FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS a(tenant, device_id, at)
ON CONFLICT (tenant, device_id) DO UPDATE SET
  last_answer_at = greatest(d.last_answer_at, EXCLUDED.last_answer_at),
  updated_at = EXCLUDED.updated_at`,
};
