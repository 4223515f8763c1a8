import type { Statement } from '@lamplighter/runtime';

/** Parallel arrays: $1 tenants, $2 device ids, $3 instants, $4 request ids, $5 outcomes, $6 reasons, $7 apns ids, $8 traceparents. */
export const addPushes: Statement = {
  name: 'add-pushes',
  text: `
INSERT INTO apns_push.push (tenant, device_id, at, request_id, outcome, reason, apns_id, traceparent)
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
ON CONFLICT DO NOTHING`,
};
