import {
  type CheckIn,
  type CheckInReply,
  derivedUuid,
  deviceEnrolled,
  message,
  pushAddressContext,
} from '@lamplighter/contracts';
import { Outbox, Sealer, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { Enrollment } from '../domain/enrollment.ts';
import { CommandStore, EnrollmentStore } from '../ports.ts';

const ok: CheckInReply = { outcome: 'ok' };

/** What an enrollment escrows: push address, unlock token, bootstrap token; sealed, each for its device alone. */
@Injectable()
export class KeepTokens {
  constructor(
    private readonly outbox: Outbox,
    private readonly enrollments: EnrollmentStore,
    private readonly commands: CommandStore,
    private readonly sealer: Sealer,
  ) {}

  async run(tx: Tx, said: CheckIn['message'], known: Enrollment, now: Date): Promise<CheckInReply> {
    if (said.type === 'TokenUpdate') return this.updateToken(tx, said, known, now);
    return this.bootstrapToken(tx, said, known);
  }

  private async updateToken(
    tx: Tx,
    said: Extract<CheckIn['message'], { type: 'TokenUpdate' }>,
    known: Enrollment,
    now: Date,
  ): Promise<CheckInReply> {
    const { tenant, deviceId } = known;
    const address = JSON.stringify({ token: said.token, pushMagic: said.pushMagic });
    const pushAddress = this.sealer.seal(Buffer.from(address), pushAddressContext(tenant, deviceId));
    const unlockToken = said.unlockToken === undefined ? null : this.seal(known, 'unlock-token', said.unlockToken);
    await this.enrollments.setTokens(tx, known, { topic: said.topic, pushAddress, unlockToken }, now);
    // Nobody could push it until now.
    if (!known.reachable) await this.commands.makeDue(tx, tenant, deviceId, now);
    if (known.status === 'authenticated') await this.announceEnrolled(tx, known, now);
    return ok;
  }

  private async announceEnrolled(tx: Tx, known: Enrollment, now: Date): Promise<void> {
    const { tenant, deviceId, kind, parentId, generation, facts } = known;
    const id = derivedUuid('device.enrolled', tenant, deviceId, generation);
    const item = { deviceId, kind, parentId: parentId ?? undefined, generation, at: now.toISOString(), facts };
    await this.outbox.stage(tx, deviceEnrolled, message(deviceEnrolled, { id, tenant, at: now }, [item]), deviceId);
  }

  private async bootstrapToken(tx: Tx, said: CheckIn['message'], known: Enrollment): Promise<CheckInReply> {
    if (said.type === 'SetBootstrapToken') {
      const { bootstrapToken } = said;
      const sealed = bootstrapToken ? this.seal(known, 'bootstrap-token', bootstrapToken) : null;
      await this.enrollments.setBootstrapToken(tx, known, sealed);
      return ok;
    }
    if (known.bootstrapToken === null) return ok;
    const plain = this.sealer.open(known.bootstrapToken, contextOf(known, 'bootstrap-token'));
    return { outcome: 'ok', bootstrapToken: plain.toString('base64') };
  }

  private seal(of: Enrollment, field: string, base64: string): Buffer {
    return this.sealer.seal(Buffer.from(base64, 'base64'), contextOf(of, field));
  }
}

function contextOf(of: { tenant: string; deviceId: string }, field: string): string {
  return `${field}:${of.tenant}:${of.deviceId}`;
}
