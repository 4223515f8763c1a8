import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { SUBSCRIPTIONS_CAUSE } from '../domain/sets.ts';
import { Devices } from '../ports/devices.ts';
import type { KnownDevice } from '../ports/devices.ts';

/** Index scans on the keys of enrollment, device and assignment. $1 tenant, $2 device ids, $3 cause of subscriptions */
const KNOWN = {
  name: 'ddm-known-devices',
  text: `
SELECT e.device_id AS "deviceId", e.kind, e.source IS NULL AS "isOurs", d.platform, d.os_version AS "osVersion", a.set_id AS subscriptions,
       coalesce(s.capabilities_id IS NOT NULL, false) AS "hasCapabilities", s.presumed_id AS "presumedId"
  FROM unnest($2::text[]) AS g(device_id)
 CROSS JOIN LATERAL (
       SELECT e.device_id, e.kind, e.source, coalesce(e.parent_id, e.device_id) AS own FROM command_queue.enrollment_v1 e
        WHERE e.tenant = $1 AND e.device_id = g.device_id AND e.status = 'enrolled' LIMIT 1) e
  LEFT JOIN LATERAL (
       SELECT d.platform, d.os_version FROM status_ingestion.device_v1 d
        WHERE d.tenant = $1 AND d.device_id = e.own LIMIT 1) d ON true
  LEFT JOIN LATERAL (
       SELECT s.capabilities_id, s.presumed_id FROM ddm.device s
        WHERE s.tenant = $1 AND s.device_id = g.device_id LIMIT 1) s ON true
  LEFT JOIN LATERAL (
       SELECT a.set_id FROM ddm.assignment a
        WHERE a.tenant = $1 AND a.device_id = g.device_id AND a.cause = $3 LIMIT 1) a ON true`,
};

@Injectable()
export class PgDevices extends Devices {
  constructor(private readonly db: Database) {
    super();
  }

  override known(tenant: string, deviceIds: readonly string[]): Promise<KnownDevice[]> {
    return this.db.query<KnownDevice>(KNOWN, [tenant, deviceIds, SUBSCRIPTIONS_CAUSE]);
  }
}
