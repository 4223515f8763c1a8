import { ChainCache, checkClientCertificate, SignatureError, verifyMdmSignature } from '@lamplighter/apple';
import type { CheckedCertificate } from '@lamplighter/apple';
import { Injectable } from '@nestjs/common';
import type { X509Certificate } from 'node:crypto';
import type { DeviceIdentity, DeviceRequest } from '../domain/device-request.ts';
import { nothingShown, Refusal } from '../domain/refusal.ts';
import { DeviceAuthorities } from '../ports.ts';

const MAX_INTERMEDIATES = 6;

/** Who sends this request: by `Mdm-Signature` over the body, else by the client certificate of the TLS connection. */
@Injectable()
export class IdentifyDevice {
  private readonly cache = new ChainCache();
  private readonly connections = new WeakMap<object, CheckedCertificate>();

  constructor(private readonly authorities: DeviceAuthorities) {}

  /** Before the body is parsed. Throws Refusal (403) that says what is wrong; a bad signature is not made good by TLS. */
  run(request: DeviceRequest): DeviceIdentity {
    try {
      return { certificateHash: this.check(request).certificateHash };
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      const keys = { tenant: request.tenant };
      throw new Refusal(403, `device.${error.code}`, error.message, { keys, cause: error });
    }
  }

  private check(request: DeviceRequest): CheckedCertificate {
    // Real time: certificates are issued and trusted in the world outside, whatever clock this installation runs on.
    const options = { ...this.authorities.options, now: Date.now(), cache: this.cache };
    if (request.signature !== undefined) return verifyMdmSignature(request.signature, request.body, options);
    const known = this.connections.get(request.connection);
    if (known !== undefined && options.now <= known.validUntil) return known;
    const shown = request.clientCertificate();
    if (shown === undefined) throw nothingShown();
    const checked = checkClientCertificate(shown.raw, {
      ...options,
      intermediates: intermediatesOf(shown),
    });
    this.connections.set(request.connection, checked);
    return checked;
  }
}

/** What the device sent along in TLS, DER. A root is its own issuer. */
function intermediatesOf(certificate: X509Certificate): Buffer[] {
  const found: Buffer[] = [];
  let issuer = certificate.issuerCertificate;
  while (issuer !== undefined && found.length < MAX_INTERMEDIATES && issuer.issuerCertificate !== issuer) {
    found.push(issuer.raw);
    issuer = issuer.issuerCertificate;
  }
  return found;
}
