import type { CheckIn, CheckInReply } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { type Enrollment, isOvertaken } from '../domain/enrollment.ts';
import { EnrollmentStore } from '../ports/enrollments.ts';
import { AdmitDevice } from './admit-device.ts';
import { BeginEnrollment } from './begin-enrollment.ts';
import { EndEnrollment } from './end-enrollment.ts';
import { KeepTokens } from './keep-tokens.ts';

export interface CheckInAnswer {
  reply: CheckInReply;
  /** After a TokenUpdate: how many there have been since the Authenticate. */
  tokenUpdateTally?: number;
}

type Of<T extends CheckIn['message']['type']> = CheckIn & { message: Extract<CheckIn['message'], { type: T }> };

/** Who speaks, whether it may, and what its message does to its enrollment. */
@Injectable()
export class AnswerCheckIn {
  constructor(
    private readonly enrollments: EnrollmentStore,
    private readonly admitDevice: AdmitDevice,
    private readonly beginEnrollment: BeginEnrollment,
    private readonly endEnrollment: EndEnrollment,
    private readonly keepTokens: KeepTokens,
  ) {}

  async run(tx: Tx, checkIn: CheckIn, now: Date): Promise<CheckInAnswer> {
    const answer = await this.answer(tx, checkIn, now);
    const { certificateEndsAt: endsAt, parentId, source } = checkIn;
    const isOwn = source === undefined && parentId === undefined && answer.reply.outcome === 'ok';
    // Only these show that the certificate is the device's from now on.
    if (endsAt !== undefined && isOwn && (is(checkIn, 'Authenticate') || is(checkIn, 'TokenUpdate')))
      await this.enrollments.noteCertificateEnd(tx, checkIn, new Date(endsAt));
    return answer;
  }

  private async answer(tx: Tx, checkIn: CheckIn, now: Date): Promise<CheckInAnswer> {
    if (await this.isLate(tx, checkIn, now)) return { reply: { outcome: 'unrecognized' } };
    if (is(checkIn, 'Authenticate')) {
      // Apple's user channels have none. It would hand another device's user to whoever holds a certificate.
      if (checkIn.parentId !== undefined) return { reply: { outcome: 'unrecognized' } };
      return { reply: await this.beginEnrollment.run(tx, checkIn, now) };
    }
    return this.answerOther(tx, checkIn, now);
  }

  private async answerOther(tx: Tx, checkIn: CheckIn, now: Date): Promise<CheckInAnswer> {
    const { tenant, deviceId, parentId } = checkIn;
    // The device before its user channels, always in this order: nobody waits for each other.
    const device = await this.enrollments.lock(tx, tenant, parentId ?? deviceId);
    const isAdopted = isAdoption(checkIn, device);
    const outcome = isAdopted ? 'ok' : await this.admitDevice.run(tx, checkIn, device);
    if (outcome !== 'ok' || checkIn.message.type === 'UserAuthenticate') return { reply: { outcome } };
    const own = parentId === undefined ? device : await this.enrollments.lock(tx, tenant, deviceId);
    if (is(checkIn, 'TokenUpdate')) return this.updateToken(tx, checkIn, own, now);
    if (own === undefined || own.status === 'left') return { reply: { outcome: 'unrecognized' } };
    if (is(checkIn, 'CheckOut')) {
      await this.endEnrollment.run(tx, own, 'CheckOut', now);
      return { reply: { outcome: 'ok' } };
    }
    return { reply: await this.keepTokens.run(tx, checkIn.message, own, now) };
  }

  /** Overtaken by what is known. An Authenticate that comes after its TokenUpdate still says what the device is. */
  private async isLate(tx: Tx, checkIn: CheckIn, at: Date): Promise<boolean> {
    const { tenant, deviceId, parentId, source } = checkIn;
    // Devices here speak now.
    if (source === undefined) return false;
    // Its events come at once, and there may be no row yet to hold.
    await this.enrollments.takeTurn(tx, tenant, parentId ?? deviceId);
    // The device before its user channels, as everywhere.
    if (parentId !== undefined) await this.enrollments.lock(tx, tenant, parentId);
    const known = await this.enrollments.lock(tx, tenant, deviceId);
    if (known === undefined || !isOvertaken(known, checkIn, at)) return false;
    if (is(checkIn, 'Authenticate') && known.status !== 'left') {
      const { topic, facts } = checkIn.message;
      await this.enrollments.refresh(tx, { ...known, topic, facts: { ...known.facts, ...facts }, at });
    }
    return true;
  }

  /** Where there was no Authenticate (a user channel, another server's device) the enrollment begins here. */
  private async updateToken(
    tx: Tx,
    checkIn: Of<'TokenUpdate'>,
    known: Enrollment | undefined,
    now: Date,
  ): Promise<CheckInAnswer> {
    const { tenant, deviceId } = checkIn;
    let own = known;
    if (own === undefined || own.status === 'left') {
      const begun = await this.beginEnrollment.run(tx, checkIn, now);
      if (begun.outcome !== 'ok') return { reply: begun };
      own = (await this.enrollments.lock(tx, tenant, deviceId))!;
    }
    const reply = await this.keepTokens.run(tx, checkIn.message, own, now);
    return { reply, tokenUpdateTally: own.tokenUpdateTally + 1 };
  }
}

/** Another server enrolled it, perhaps long ago: its word is all there will be. */
function isAdoption({ source, parentId, message }: CheckIn, device: Enrollment | undefined): boolean {
  if (source === undefined || parentId !== undefined || message.type !== 'TokenUpdate') return false;
  return device === undefined || device.status === 'left';
}

function is<T extends CheckIn['message']['type']>(checkIn: CheckIn, type: T): checkIn is Of<T> {
  return checkIn.message.type === type;
}
