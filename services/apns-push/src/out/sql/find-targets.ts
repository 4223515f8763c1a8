import type { Statement } from '@lamplighter/runtime';

/** $1 tenants, $2 device ids. `place` counts from 1 in their order. Plan: function scan → nested loop over the enrollment's primary key, below command-queue's view. */
export const findTargets: Statement = {
  name: 'find-targets',
  text: `
SELECT j.place::int, t.topic, t.push_address AS "sealedAddress"
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS j(tenant, device_id, place)
  JOIN command_queue.push_target_v1 t ON t.tenant = j.tenant AND t.device_id = j.device_id`,
};
