import { derivedUuid, deviceLeft, message } from '@lamplighter/contracts';
import { Outbox, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { Enrollment } from '../domain/enrollment.ts';
import { CommandStore, EnrollmentStore } from '../ports.ts';

/** Ends an enrollment and its user channels: queues void, tokens gone. */
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
    await this.commands.voidQueues(tx, tenant, all, now);
    await this.enrollments.leave(tx, tenant, all, now);
    if (reason === undefined) return;
    const id = derivedUuid('device.left', tenant, deviceId, generation, reason);
    const items = all.map((each) => ({ deviceId: each, at: now.toISOString(), reason }));
    await this.outbox.stage(tx, deviceLeft, message(deviceLeft, { id, tenant, at: now }, items), deviceId);
  }
}
