import type { ItemOf, Message, pushSent } from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { EnrollmentStore } from '../ports/enrollments.ts';

/** APNs says that a device is gone, or does not take its token: no push is asked for until it sends a newer TokenUpdate. Other outcomes change nothing here. */
@Injectable()
export class RecordPush {
  constructor(
    private readonly db: Database,
    private readonly enrollments: EnrollmentStore,
  ) {}

  async run(messages: readonly Message<ItemOf<typeof pushSent>>[]): Promise<void> {
    for (const { tenant, items } of messages) {
      const gone = items
        .filter((item) => item.outcome === 'gone' || item.goneAt !== undefined)
        .map((item) => ({ deviceId: item.deviceId, goneAt: new Date(item.goneAt ?? item.at) }));
      if (gone.length > 0) await this.db.transaction((tx) => this.enrollments.markGone(tx, tenant, gone));
    }
  }
}
