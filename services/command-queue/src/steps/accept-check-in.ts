import { type CheckIn, type CheckInReply, deviceCheckedIn, sourceCertificateHash } from '@lamplighter/contracts';
import { Database, Outbox, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { checkedInMessage } from '../domain/checked-in.ts';
import { AnswerCheckIn } from './answer-check-in.ts';
import { StepTools } from './step-tools.ts';

/** One check-in: what it changes and the event that tells of it are committed together, before it is answered. */
@Injectable()
export class AcceptCheckIn {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly answer: AnswerCheckIn,
    private readonly tools: StepTools,
  ) {}

  /** A refused one changes nothing. */
  async run(checkIn: CheckIn): Promise<CheckInReply> {
    const { tenant, deviceId, source, message } = checkIn;
    const reply = isAsSent(checkIn)
      ? await this.db.transaction((tx) => this.accept(tx, checkIn, saidAt(checkIn, this.tools.clock.now())))
      : { outcome: 'wrong-certificate' as const };
    const keys = { tenant, deviceId, source, type: message.type };
    if (reply.outcome !== 'ok') this.tools.log.warn({ ...keys, outcome: reply.outcome }, 'a check-in was refused');
    else if (message.type === 'ReturnToService') this.tools.log.info(keys, 'a device asked for return to service');
    return reply;
  }

  private async accept(tx: Tx, checkIn: CheckIn, now: Date): Promise<CheckInReply> {
    const { reply, tokenUpdateTally = 0 } = await this.answer.run(tx, checkIn, now);
    const told = reply.outcome === 'ok' ? checkedInMessage(checkIn, tokenUpdateTally, now) : undefined;
    if (told !== undefined) await this.outbox.stage(tx, deviceCheckedIn, told, checkIn.deviceId);
    return reply;
  }
}

/** A device here speaks now. What another server relays was said when it says, since it may come late; never in the future. */
function saidAt({ source, receivedAt }: CheckIn, now: Date): Date {
  const at = new Date(receivedAt);
  return source === undefined || at > now ? now : at;
}

/** A source vouches for its devices under its own name only. */
function isAsSent({ tenant, source, certificateHash }: CheckIn): boolean {
  return source === undefined || certificateHash === sourceCertificateHash(tenant, source);
}
