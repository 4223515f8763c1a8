import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { KnownEnrollment } from '../domain/webhook-event.ts';
import { EnrollmentViews } from '../ports/devices.ts';

/** Plan: one probe of the enrollment's primary key for each device. */
const KINDS = {
  name: 'enrollment-kinds',
  text: `
    SELECT device_id AS "deviceId", kind, parent_id AS "parentId"
      FROM command_queue.enrollment_v1 WHERE tenant = $1 AND device_id = ANY($2::text[])`,
};

@Injectable()
export class PgEnrollmentViews extends EnrollmentViews {
  constructor(private readonly database: Database) {
    super();
  }

  override async kinds(tenant: string, deviceIds: readonly string[]): Promise<Map<string, KnownEnrollment>> {
    const rows = await this.database.query<KnownEnrollment & { deviceId: string }>(KINDS, [tenant, deviceIds]);
    return new Map(rows.map(({ deviceId, kind, parentId }) => [deviceId, { kind, parentId }]));
  }
}
