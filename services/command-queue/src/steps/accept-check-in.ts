import {
  type CheckIn,
  type CheckInReply,
  derivedUuid,
  deviceEnrolled,
  deviceLeft,
  message,
  pushAddressContext,
} from '@lamplighter/contracts';
import { Clock, Database, Log, Outbox, Sealer, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { decideAuthenticate, type Enrollment, identify, isUserChannel } from '../domain/enrollment.ts';
import { CommandStore, EnrollmentStore } from '../ports.ts';

type Of<T extends CheckIn['message']['type']> = CheckIn & { message: Extract<CheckIn['message'], { type: T }> };

const ok: CheckInReply = { outcome: 'ok' };

/** Keeps enrollments: who a device is, how it is reached, and the secrets it escrows. Committed before it is answered. */
@Injectable()
export class AcceptCheckIn {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly enrollments: EnrollmentStore,
    private readonly commands: CommandStore,
    private readonly sealer: Sealer,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async run(checkIn: CheckIn): Promise<CheckInReply> {
    const reply = await this.db.transaction((tx) => this.accept(tx, checkIn, this.clock.now()));
    if (reply.outcome !== 'ok') {
      const { tenant, deviceId, message: { type } } = checkIn;
      this.log.warn({ tenant, deviceId, type, outcome: reply.outcome }, 'a check-in was refused');
    }
    return reply;
  }

  private async accept(tx: Tx, checkIn: CheckIn, now: Date): Promise<CheckInReply> {
    const { tenant, deviceId, certificateHash } = checkIn;
    if (is(checkIn, 'Authenticate')) return this.authenticate(tx, checkIn, now);
    let known = await this.enrollments.lock(tx, tenant, deviceId);
    if (is(checkIn, 'TokenUpdate') && (known === undefined || known.status === 'left')) {
      const refusal = await this.openChannel(tx, checkIn, known, now);
      if (refusal !== undefined) return refusal;
      known = await this.enrollments.lock(tx, tenant, deviceId);
    }
    const identity = identify(known, certificateHash);
    if (identity !== 'ok' || known === undefined) return { outcome: identity === 'ok' ? 'unrecognized' : identity };
    if (is(checkIn, 'TokenUpdate')) return this.updateToken(tx, checkIn, known, now);
    if (is(checkIn, 'CheckOut')) return this.checkOut(tx, known, now);
    return this.bootstrapToken(tx, checkIn, known);
  }

  private async authenticate(tx: Tx, checkIn: Of<'Authenticate'>, now: Date): Promise<CheckInReply> {
    const { tenant, deviceId, kind, parentId = null, certificateHash, message: said } = checkIn;
    if (await this.enrollments.isPinnedElsewhere(tx, tenant, deviceId, certificateHash)) {
      return { outcome: 'wrong-certificate' };
    }
    const known = await this.enrollments.lock(tx, tenant, deviceId);
    const decision = decideAuthenticate(known, certificateHash);
    const facts = Object.fromEntries(Object.entries(said.facts).filter(([, value]) => value !== undefined));
    const { generation } = decision;
    const next = { tenant, deviceId, kind, parentId, topic: said.topic, certificateHash, generation, facts, at: now };
    if (decision.kind === 'repeat') {
      await this.enrollments.refresh(tx, next);
      return ok;
    }
    if (known !== undefined) await this.end(tx, known, decision.left ? 're-enrolled' : undefined, now);
    await this.enrollments.begin(tx, next);
    return ok;
  }

  /** A user channel has no Authenticate: its first TokenUpdate opens it, under its device's certificate. */
  private async openChannel(
    tx: Tx,
    checkIn: Of<'TokenUpdate'>,
    known: Enrollment | undefined,
    now: Date,
  ): Promise<CheckInReply | undefined> {
    const { tenant, deviceId, kind, parentId, certificateHash, message: said } = checkIn;
    if (!isUserChannel(kind) || parentId === undefined) return { outcome: 'unrecognized' };
    const parent = await this.enrollments.lock(tx, tenant, parentId);
    const identity = identify(parent, certificateHash);
    if (identity !== 'ok') return { outcome: identity };
    const generation = (known?.generation ?? 0) + 1;
    await this.enrollments.begin(tx, {
      tenant, deviceId, kind, parentId, topic: said.topic, certificateHash, generation, facts: {}, at: now,
    });
    return undefined;
  }

  private async updateToken(
    tx: Tx,
    { message: said }: Of<'TokenUpdate'>,
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

  private async checkOut(tx: Tx, known: Enrollment, now: Date): Promise<CheckInReply> {
    await this.end(tx, known, 'CheckOut', now);
    return ok;
  }

  /** Ends an enrollment and its user channels: queues void, tokens gone. Announced where others were told that it began. */
  private async end(tx: Tx, known: Enrollment, reason: 'CheckOut' | 're-enrolled' | undefined, now: Date): Promise<void> {
    const { tenant, deviceId, generation } = known;
    const all = [deviceId, ...(await this.enrollments.channels(tx, tenant, deviceId))];
    await this.commands.voidQueues(tx, tenant, all, now);
    await this.enrollments.leave(tx, tenant, all, now);
    if (reason === undefined) return;
    const id = derivedUuid('device.left', tenant, deviceId, generation, reason);
    const items = all.map((each) => ({ deviceId: each, at: now.toISOString(), reason }));
    await this.outbox.stage(tx, deviceLeft, message(deviceLeft, { id, tenant, at: now }, items), deviceId);
  }

  private async bootstrapToken(tx: Tx, { message: said }: CheckIn, known: Enrollment): Promise<CheckInReply> {
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

function is<T extends CheckIn['message']['type']>(checkIn: CheckIn, type: T): checkIn is Of<T> {
  return checkIn.message.type === type;
}
