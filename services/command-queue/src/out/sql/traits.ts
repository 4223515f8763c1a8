import type { Statement } from '@lamplighter/runtime';

/** What decides whether a device takes a command. A user channel has the OS of its device. */
const traits = `
  SELECT k.tenant, k.device_id, e.kind, d.platform, coalesce(d.os_version, e.facts ->> 'osVersion') AS os_version,
         d.is_supervised,
         CASE WHEN d.platform IS NULL OR d.platform = 'unknown'
              THEN coalesce(e.facts ->> 'productName', e.facts ->> 'model') END AS product_name
    FROM unnest($1::text[], $2::text[]) AS k(tenant, device_id)
   CROSS JOIN LATERAL (
     SELECT o.kind, o.parent_id, o.facts FROM command_queue.enrollment o
      WHERE o.tenant = k.tenant AND o.device_id = k.device_id AND o.status <> 'left' LIMIT 1) e
    LEFT JOIN LATERAL (
     SELECT o.platform, o.os_version, o.is_supervised FROM status_ingestion.device_v1 o
      WHERE o.tenant = k.tenant AND o.device_id = coalesce(e.parent_id, k.device_id) LIMIT 1) d ON true`;

/**
 * Plan: unnest → enrollment_pkey, device_pkey, hash aggregate: a fleet has few kinds of devices.
 * $1 tenants, $2 device ids
 */
export const findTraits: Statement = {
  name: 'command-find-traits',
  text: `
SELECT DISTINCT kind, platform, os_version, is_supervised, product_name FROM (${traits}) t`,
};

/** Plan: as above; only where some of these devices cannot take what was sent to them. $1 tenants, $2 device ids */
export const traitsOfEach: Statement = { name: 'command-traits-of-each', text: traits };

export interface TraitsRecord {
  kind: string;
  platform: string | null;
  os_version: string | null;
  is_supervised: boolean | null;
  product_name: string | null;
}
