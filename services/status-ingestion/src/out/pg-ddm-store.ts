import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { DdmStore } from '../ports/ddm.ts';
import type { DdmRow, StoredDdm } from '../ports/ddm.ts';
import type { DeviceKey } from '../ports/devices.ts';
import { addDdm, holdDdm } from './sql/hold-ddm.ts';
import { writeDdm } from './sql/write-ddm.ts';

@Injectable()
export class PgDdmStore extends DdmStore {
  override async hold(tx: Tx, keys: readonly DeviceKey[], now: Date): Promise<StoredDdm[]> {
    if (keys.length === 0) return [];
    const columns = [keys.map((one) => one.tenant), keys.map((one) => one.deviceId)];
    await tx.query(addDdm, [...columns, now]);
    const rows = await tx.query<
      DeviceKey & { state: StoredDdm['state']; reportedAt: Date | null; enrolledAt: Date | null }
    >(holdDdm, columns);
    return rows.map(({ reportedAt, enrolledAt, ...row }) => ({
      ...row,
      reportedAt: reportedAt ?? undefined,
      enrolledAt: enrolledAt ?? undefined,
    }));
  }

  override async write(tx: Tx, batch: readonly DdmRow[], now: Date): Promise<void> {
    if (batch.length > 0) await tx.query(writeDdm, [JSON.stringify(batch.map(columnsOf)), now]);
  }
}

function columnsOf({ status, capabilities, state, ...row }: DdmRow) {
  const { failure, ...said } = status;
  return {
    ...said,
    declarationTypes: capabilities?.declarations,
    statusItems: capabilities?.statusItems,
    supportsEnforcement: capabilities?.supportsEnforcement,
    ...row,
    state,
    fullReportAt: state.fullAt === 0 ? undefined : new Date(state.fullAt),
    failureCount: failure?.count,
    failureReason: failure?.reason,
    failureAt: failure?.at,
  };
}
