import type { CheckIn, CheckInReply } from '@lamplighter/contracts';
import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { decideAuthenticate, type Enrollment, identify, isUserChannel } from '../domain/enrollment.ts';
import { EnrollmentStore } from '../ports.ts';
import { EndEnrollment } from './end-enrollment.ts';
import { KeepTokens } from './keep-tokens.ts';
import { StepTools } from './step-tools.ts';

type Of<T extends CheckIn['message']['type']> = CheckIn & { message: Extract<CheckIn['message'], { type: T }> };

const ok: CheckInReply = { outcome: 'ok' };

/** Keeps enrollments: who a device is, how it is reached, and the secrets it escrows. Committed before it is answered. */
@Injectable()
export class AcceptCheckIn {
  constructor(
    private readonly db: Database,
    private readonly enrollments: EnrollmentStore,
    private readonly endEnrollment: EndEnrollment,
    private readonly keepTokens: KeepTokens,
    private readonly tools: StepTools,
  ) {}

  async run(checkIn: CheckIn): Promise<CheckInReply> {
    const reply = await this.db.transaction((tx) => this.accept(tx, checkIn, this.tools.clock.now()));
    if (reply.outcome !== 'ok') {
      const {
        tenant,
        deviceId,
        message: { type },
      } = checkIn;
      this.tools.log.warn({ tenant, deviceId, type, outcome: reply.outcome }, 'a check-in was refused');
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
    if (is(checkIn, 'CheckOut')) return this.checkOut(tx, known, now);
    return this.keepTokens.run(tx, checkIn.message, known, now);
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
    if (known !== undefined) await this.endEnrollment.run(tx, known, decision.left ? 're-enrolled' : undefined, now);
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
      tenant,
      deviceId,
      kind,
      parentId,
      topic: said.topic,
      certificateHash,
      generation,
      facts: {},
      at: now,
    });
    return undefined;
  }

  private async checkOut(tx: Tx, known: Enrollment, now: Date): Promise<CheckInReply> {
    await this.endEnrollment.run(tx, known, 'CheckOut', now);
    return ok;
  }
}

function is<T extends CheckIn['message']['type']>(checkIn: CheckIn, type: T): checkIn is Of<T> {
  return checkIn.message.type === type;
}
