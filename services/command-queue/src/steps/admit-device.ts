import type { CheckIn } from '@lamplighter/contracts';
import { CONFIG, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { type Enrollment, identify, isNamedFor } from '../domain/enrollment.ts';
import { EnrollmentStore } from '../ports/enrollments.ts';
import { StepTools } from './step-tools.ts';

export type Admission = 'ok' | 'unrecognized' | 'wrong-certificate' | 'user-not-managed';

/** Whether a device may speak under the certificate that it shows. A renewed one takes the place of the pinned one. */
@Injectable()
export class AdmitDevice {
  constructor(
    private readonly enrollments: EnrollmentStore,
    private readonly tools: StepTools,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @param device the locked device channel of the check-in */
  async run(tx: Tx, checkIn: CheckIn, device: Enrollment | undefined): Promise<Admission> {
    const { tenant, certificateHash, message } = checkIn;
    const identity = identify(device, certificateHash);
    if (identity === 'ok' && message.type === 'UserAuthenticate' && this.config.LAMP_USER_CHANNEL === 'off') {
      return 'user-not-managed';
    }
    if (identity !== 'wrong-certificate' || device === undefined) return identity;
    if (!this.isRenewal(checkIn, device)) return identity;
    const { deviceId } = device;
    if (await this.enrollments.isPinnedElsewhere(tx, tenant, deviceId, certificateHash)) return identity;
    await this.enrollments.movePin(tx, device, certificateHash);
    const keys = {
      tenant,
      deviceId,
      certificate: certificateHash.slice(0, 12),
      was: device.certificateHash.slice(0, 12),
    };
    this.tools.log.info(keys, 'a device renewed its identity certificate');
    return 'ok';
  }

  private isRenewal({ source, message, certificateNames = [] }: CheckIn, device: Enrollment): boolean {
    if (this.config.LAMP_CERTIFICATE_RENEWAL !== 'named' || message.type !== 'TokenUpdate') return false;
    return source === undefined && device.source === null && isNamedFor(device, certificateNames);
  }
}
