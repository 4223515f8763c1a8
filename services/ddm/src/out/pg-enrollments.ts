import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { Enrollments } from '../ports.ts';
import type { Enrolled } from '../ports.ts';

/** Index scan on the enrollment's primary key. */
const FIND = {
  name: 'ddm-find-enrollment',
  text: `SELECT status = 'enrolled' AS "isEnrolled", encode(certificate_hash, 'hex') AS "certificateHash"
           FROM command_queue.enrollment_v1
          WHERE tenant = $1 AND device_id = $2`,
};

@Injectable()
export class PgEnrollments extends Enrollments {
  constructor(private readonly db: Database) {
    super();
  }

  override async find(tenant: string, deviceId: string): Promise<Enrolled | undefined> {
    const [row] = await this.db.query<Enrolled>(FIND, [tenant, deviceId]);
    return row;
  }
}
