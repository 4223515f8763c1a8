import {
  type CheckIn,
  type CheckInReply,
  derivedUuid,
  deviceEnrolled,
  message,
  pushAddressContext,
} from '@lamplighter/contracts';
import { CONFIG, Outbox, Sealer, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import type { Enrollment } from '../domain/enrollment.ts';
import { CommandStore } from '../ports/commands.ts';
import { EnrollmentStore, TokenServices } from '../ports/enrollments.ts';

type Said<T extends CheckIn['message']['type']> = Extract<CheckIn['message'], { type: T }>;

const ok: CheckInReply = { outcome: 'ok' };

/** What an enrollment escrows (push address, unlock token, bootstrap token; sealed, each for its device alone) and is given. */
@Injectable()
export class KeepTokens {
  constructor(
    private readonly outbox: Outbox,
    private readonly enrollments: EnrollmentStore,
    private readonly commands: CommandStore,
    private readonly sealer: Sealer,
    private readonly tokenServices: TokenServices,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async run(tx: Tx, said: CheckIn['message'], known: Enrollment, now: Date): Promise<CheckInReply> {
    switch (said.type) {
      case 'TokenUpdate':
        return this.updateToken(tx, said, known, now);
      case 'SetBootstrapToken':
      case 'GetBootstrapToken':
        return this.bootstrapToken(tx, said, known);
      case 'GetToken':
        return this.giveToken(tx, said.serviceType, known, now);
      default:
        return ok;
    }
  }

  /** Signing is dear: what a device may have is asked first. */
  private async giveToken(tx: Tx, serviceType: string, known: Enrollment, now: Date): Promise<CheckInReply> {
    const { tenant } = known;
    if (!this.tokenServices.offers(tenant, serviceType)) return { outcome: 'unknown-token-service' };
    const isLeft = await this.enrollments.takeToken(tx, known, this.config.LAMP_TOKENS_PER_HOUR, now);
    if (!isLeft) return { outcome: 'too-many-tokens' };
    return { outcome: 'ok', tokenData: this.tokenServices.tokenFor(tenant, serviceType)!.toString('base64') };
  }

  private async updateToken(tx: Tx, said: Said<'TokenUpdate'>, known: Enrollment, now: Date): Promise<CheckInReply> {
    const { tenant, deviceId } = known;
    const { type: _type, token: _token, pushMagic: _magic, unlockToken, ...rest } = said;
    const tokens = {
      ...rest,
      pushAddress: this.pushAddress(said, known),
      unlockToken: unlockToken === undefined ? null : this.seal(known, 'unlock-token', unlockToken),
    };
    await this.enrollments.setTokens(tx, known, tokens, now);
    // Nobody could push it until now.
    if (!known.reachable) await this.commands.makeDue(tx, tenant, deviceId, now);
    if (known.status === 'authenticated') await this.announceEnrolled(tx, known, now);
    return ok;
  }

  private pushAddress({ token, pushMagic }: Said<'TokenUpdate'>, { tenant, deviceId }: Enrollment): Buffer | null {
    if (token === undefined || pushMagic === undefined) return null;
    const address = JSON.stringify({ token, pushMagic });
    return this.sealer.seal(Buffer.from(address), pushAddressContext(tenant, deviceId));
  }

  private async announceEnrolled(tx: Tx, known: Enrollment, now: Date): Promise<void> {
    const { tenant, deviceId, kind, parentId, generation, facts } = known;
    const id = derivedUuid('device.enrolled', tenant, deviceId, generation);
    const item = { deviceId, kind, parentId: parentId ?? undefined, generation, at: now.toISOString(), facts };
    await this.outbox.stage(tx, deviceEnrolled, message(deviceEnrolled, { id, tenant, at: now }, [item]), deviceId);
  }

  private async bootstrapToken(
    tx: Tx,
    said: Said<'SetBootstrapToken' | 'GetBootstrapToken'>,
    known: Enrollment,
  ): Promise<CheckInReply> {
    if (said.awaitingConfiguration !== undefined) {
      await this.enrollments.setAwaitingConfiguration(tx, known, said.awaitingConfiguration);
    }
    if (said.type === 'SetBootstrapToken') {
      const { bootstrapToken } = said;
      const sealed = bootstrapToken ? this.seal(known, 'bootstrap-token', bootstrapToken) : null;
      await this.enrollments.setBootstrapToken(tx, known, sealed);
      return ok;
    }
    if (known.bootstrapToken === null) return ok;
    const plain = this.sealer.open(known.bootstrapToken, tokenContext(known, 'bootstrap-token'));
    return { outcome: 'ok', bootstrapToken: plain.toString('base64') };
  }

  private seal(of: Enrollment, field: string, base64: string): Buffer {
    return this.sealer.seal(Buffer.from(base64, 'base64'), tokenContext(of, field));
  }
}

/** What a token is sealed for. */
export function tokenContext(of: { tenant: string; deviceId: string }, field: string): string {
  return `${field}:${of.tenant}:${of.deviceId}`;
}
