import type { CheckIn, CheckInReply } from '@lamplighter/contracts';
import { CONFIG, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { decideAuthenticate, type Enrollment, isNamedFor, isNative } from '../domain/enrollment.ts';
import { EnrollmentStore } from '../ports/enrollments.ts';
import { EndEnrollment } from './end-enrollment.ts';

/** An enrollment begins: with Authenticate, or where there is none (user channels, another server's devices) with TokenUpdate. */
@Injectable()
export class BeginEnrollment {
  constructor(
    private readonly enrollments: EnrollmentStore,
    private readonly endEnrollment: EndEnrollment,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** What the id held before is void. The device of a user channel is known and admitted. */
  async run(
    tx: Tx,
    checkIn: CheckIn & { message: { topic: string; type: 'Authenticate' | 'TokenUpdate' } },
    now: Date,
  ): Promise<CheckInReply> {
    const { tenant, deviceId, kind, parentId = null, certificateHash, source = null, message: said } = checkIn;
    const known = await this.enrollments.lock(tx, tenant, deviceId);
    const refused = source === null ? await this.isForeign(tx, checkIn, known) : isNative(known);
    if (refused) return { outcome: 'wrong-certificate' };
    const decision = decideAuthenticate(known, certificateHash);
    const { generation } = decision;
    const facts = factsOf(said);
    const next = {
      tenant,
      deviceId,
      kind,
      parentId,
      topic: said.topic,
      certificateHash,
      source,
      generation,
      facts,
      at: now,
    };
    if (decision.kind === 'repeat') {
      await this.enrollments.refresh(tx, next);
      return { outcome: 'ok' };
    }
    if (known !== undefined) await this.endEnrollment.run(tx, known, decision.left ? 're-enrolled' : undefined, now);
    await this.enrollments.begin(tx, next);
    return { outcome: 'ok' };
  }

  /** A user channel shares its device's certificate; every other enrollment has one of its own. */
  private async isForeign(tx: Tx, checkIn: CheckIn, known: Enrollment | undefined): Promise<boolean> {
    const { tenant, deviceId, parentId, certificateHash } = checkIn;
    if (parentId !== undefined) return false;
    if (this.config.LAMP_AUTHENTICATE === 'named' && !isNamed(checkIn, known)) return true;
    return this.enrollments.isPinnedElsewhere(tx, tenant, deviceId, certificateHash);
  }
}

/**
 * Of a device that is known the serial number counts that it enrolled with: now anybody could say any. Another server may
 * have told of one without.
 */
function isNamed(
  { deviceId, certificateHash, certificateNames = [], message }: CheckIn,
  known: Enrollment | undefined,
): boolean {
  if (known?.certificateHash === certificateHash) return true;
  const isToldBare = known !== undefined && known.source !== null && known.facts['serialNumber'] === undefined;
  const facts = known === undefined || isToldBare ? factsOf(message) : known.facts;
  return isNamedFor({ deviceId, facts }, certificateNames);
}

function factsOf(said: CheckIn['message']): Record<string, string> {
  const facts = said.type === 'Authenticate' ? said.facts : {};
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
