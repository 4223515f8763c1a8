import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { ReportStore } from '../ports.ts';
import type { StatusReport } from '../ports.ts';

const ADD = {
  name: 'ddm-add-report',
  text: `INSERT INTO ddm.status_report (tenant, device_id, at, report) VALUES ($1, $2, $3, $4::jsonb)
         ON CONFLICT DO NOTHING RETURNING true AS added`,
};

@Injectable()
export class PgReportStore extends ReportStore {
  override async add(tx: Tx, { tenant, deviceId, at, report }: StatusReport): Promise<boolean> {
    const rows = await tx.query<{ added: boolean }>(ADD, [tenant, deviceId, at, report]);
    return rows.length === 1;
  }
}
