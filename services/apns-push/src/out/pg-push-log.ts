import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { PushResult } from '../domain/push.ts';
import { PushLog } from '../ports.ts';
import { addPushes } from './sql/add-pushes.ts';

@Injectable()
export class PgPushLog extends PushLog {
  override async add(tx: Tx, results: readonly PushResult[]): Promise<void> {
    const column = (key: keyof PushResult) => results.map((result) => result[key] ?? null);
    await tx.query(addPushes, [
      column('tenant'),
      column('deviceId'),
      column('at'),
      column('requestId'),
      column('outcome'),
      column('reason'),
      column('apnsId'),
      column('traceparent'),
    ]);
  }
}
