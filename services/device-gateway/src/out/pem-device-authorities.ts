import { SignatureError, trustAnchors } from '@lamplighter/apple';
import type { TrustAnchors } from '@lamplighter/apple';
import { AppError } from '@lamplighter/contracts';
import { CONFIG, readPem } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { DeviceAuthorities } from '../ports.ts';

/** Throws AppError `config.unreadable-file` where the file holds no certificate that can be read. */
@Injectable()
export class PemDeviceAuthorities extends DeviceAuthorities {
  private current: { pem: string; options: DeviceAuthorities['options'] };

  constructor(@Inject(CONFIG) private readonly config: Config) {
    super();
    this.current = this.read();
  }

  override get options(): DeviceAuthorities['options'] {
    return this.current.options;
  }

  override get pem(): string {
    return this.current.pem;
  }

  override reload(): void {
    this.current = this.read();
  }

  private read(): typeof this.current {
    const pem = readPem('LAMP_DEVICE_CA', this.config.LAMP_DEVICE_CA);
    return { pem, options: { anchors: this.anchorsOf(pem), allowSha1: this.config.LAMP_GATEWAY_ALLOW_SHA1 } };
  }

  private anchorsOf(pem: string): TrustAnchors {
    try {
      return trustAnchors(pem);
    } catch (cause) {
      if (!(cause instanceof SignatureError)) throw cause;
      throw new AppError('config.unreadable-file', `LAMP_DEVICE_CA: ${this.config.LAMP_DEVICE_CA}: ${cause.message}`, {
        remedy:
          'Let LAMP_DEVICE_CA name a PEM file with the certificates of the authorities that issue device identities.',
        cause,
      });
    }
  }
}
