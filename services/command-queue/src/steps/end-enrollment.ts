import { derivedUuid, deviceLeft, message } from '@lamplighter/contracts';
import { Outbox, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { deviceItemSize, inBatches } from '../domain/batches.ts';
import { endedItem } from '../domain/ended.ts';
import type { Enrollment } from '../domain/enrollment.ts';
import { CommandStore } from '../ports/commands.ts';
import { EnrollmentStore } from '../ports/enrollments.ts';
import { announceEnded } from './announce-ended.ts';

/** Ends an enrollment and its user channels: queues void, tokens gone. Whoever waits for one of those commands is told. */
@Injectable()
export class EndEnrollment {
  constructor(
    private readonly outbox: Outbox,
    private readonly enrollments: EnrollmentStore,
    private readonly commands: CommandStore,
  ) {}

  /** Announced under `reason`; without one nobody was told that it began. */
  async run(tx: Tx, known: Enrollment, reason: 'CheckOut' | 're-enrolled' | undefined, now: Date): Promise<void> {
    const { tenant, deviceId, generation } = known;
    const all = [deviceId, ...(await this.enrollments.channels(tx, tenant, deviceId))];
    const voided = await this.commands.voidQueues(tx, tenant, all, now);
    await this.enrollments.leave(tx, tenant, all, now);
    const why = reason ?? 're-enrolled';
    const ended = voided.map((command) => endedItem(command, now, { outcome: 'voided', detail: why }));
    await announceEnded(this.outbox, tx, { tenant, at: now }, ended);
    if (reason === undefined) return;
    const items = all.map((each) => ({ deviceId: each, at: now.toISOString(), reason }));
    // A Shared iPad may have had more users than a message holds.
    for (const [n, part] of inBatches(items, deviceItemSize).entries()) {
      const id = derivedUuid('device.left', tenant, deviceId, generation, reason, ...(n === 0 ? [] : [n]));
      await this.outbox.stage(tx, deviceLeft, message(deviceLeft, { id, tenant, at: now }, part), deviceId);
    }
  }
}
