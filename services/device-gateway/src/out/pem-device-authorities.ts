import { SignatureError, trustAnchors } from '@lamplighter/apple';
import { AppError } from '@lamplighter/contracts';
import { CONFIG } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { readPem } from '@lamplighter/runtime';
import { DeviceAuthorities } from '../ports.ts';

/** Read once, at start. Throws AppError `config.unreadable-file` where the file holds no certificate that can be read. */
@Injectable()
export class PemDeviceAuthorities extends DeviceAuthorities {
  override readonly options: DeviceAuthorities['options'];

  constructor(@Inject(CONFIG) config: Config) {
    super();
    const pem = readPem('LAMP_DEVICE_CA', config.LAMP_DEVICE_CA);
    try {
      this.options = { anchors: trustAnchors(pem), allowSha1: config.LAMP_GATEWAY_ALLOW_SHA1 };
    } catch (cause) {
      if (!(cause instanceof SignatureError)) throw cause;
      throw new AppError('config.unreadable-file', `LAMP_DEVICE_CA: ${config.LAMP_DEVICE_CA}: ${cause.message}`, {
        remedy:
          'Let LAMP_DEVICE_CA name a PEM file with the certificates of the authorities that issue device identities.',
        cause,
      });
    }
  }
}
