import type { Statement } from '@lamplighter/runtime';

/** What decides whether a device takes a command. A user channel has the OS of its device. */
const columns = `
         e.kind, d.platform, coalesce(d.os_version, e.facts ->> 'osVersion') AS os_version, d.is_supervised,
         CASE WHEN d.platform IS NULL OR d.platform = 'unknown'
              THEN coalesce(e.facts ->> 'productName', e.facts ->> 'model') END AS product_name`;

const ofEach = `
  SELECT k.tenant, k.device_id, ${columns}
    FROM unnest($1::text[], $2::text[]) AS k(tenant, device_id)
   CROSS JOIN LATERAL (
     SELECT o.kind, o.parent_id, o.facts FROM command_queue.enrollment o
      WHERE o.tenant = k.tenant AND o.device_id = k.device_id AND o.status <> 'left' LIMIT 1) e
    LEFT JOIN LATERAL (
     SELECT o.platform, o.os_version, o.is_supervised FROM status_ingestion.device_v1 o
      WHERE o.tenant = k.tenant AND o.device_id = coalesce(e.parent_id, k.device_id) LIMIT 1) d ON true`;

/** Plan: unnest → enrollment_pkey, device_pkey; some 9 µs a device. $1 tenants, $2 device ids */
export const findTraits: Statement = {
  name: 'command-find-traits',
  text: `SELECT DISTINCT kind, platform, os_version, is_supervised, product_name FROM (${ofEach}) t`,
};

/** Plan: a join of the whole fleet, hence for large orders and seldom: a fleet has few kinds of devices. $1 tenant */
export const fleetTraits: Statement = {
  name: 'command-fleet-traits',
  text: `
SELECT DISTINCT ${columns}
  FROM command_queue.enrollment e
  LEFT JOIN status_ingestion.device_v1 d ON d.tenant = e.tenant AND d.device_id = e.device_id
 WHERE e.tenant = $1 AND e.status <> 'left' AND e.parent_id IS NULL`,
};

/**
 * Plan: as findTraits; what is not of interest is left out here. Only where some kinds of devices cannot take a command.
 * $1 tenants, $2 device ids; $3 kinds, $4 platforms, $5 OS versions, $6 supervised, of interest
 */
export const devicesOfTraits: Statement = {
  name: 'command-devices-of-traits',
  text: `
SELECT t.* FROM (${ofEach}) t
 WHERE EXISTS (
   SELECT FROM unnest($3::text[], $4::text[], $5::text[], $6::boolean[]) AS w(kind, platform, os_version, is_supervised)
    WHERE w.kind = t.kind AND w.platform IS NOT DISTINCT FROM t.platform
      AND w.os_version IS NOT DISTINCT FROM t.os_version AND w.is_supervised IS NOT DISTINCT FROM t.is_supervised)`,
};

export interface TraitsRecord {
  kind: string;
  platform: string | null;
  os_version: string | null;
  is_supervised: boolean | null;
  product_name: string | null;
}
