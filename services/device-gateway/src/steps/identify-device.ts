import {
  certificateNames,
  ChainCache,
  checkClientCertificate,
  SignatureError,
  signerCertificate,
  verifyMdmSignature,
} from '@lamplighter/apple';
import type { CheckedCertificate, TrustAnchors } from '@lamplighter/apple';
import { Injectable } from '@nestjs/common';
import type { DeviceIdentity, DeviceRequest } from '../domain/device-request.ts';
import { nothingShown, Refusal } from '../domain/refusal.ts';
import { DeviceAuthorities } from '../ports.ts';

/**
 * Who sends this request: by `Mdm-Signature` over the body, else by the client certificate that the device showed in TLS,
 * here or to a trusted terminator. All of them give the same checked certificate.
 */
@Injectable()
export class IdentifyDevice {
  private readonly cache = new ChainCache();
  private readonly connections = new WeakMap<object, { anchors: TrustAnchors; checked: CheckedCertificate }>();

  constructor(private readonly authorities: DeviceAuthorities) {}

  /** Before the body is parsed. Throws Refusal (403) that says what is wrong; a bad signature is not made good by TLS. */
  run(request: DeviceRequest): DeviceIdentity {
    try {
      const { certificateHash, notAfter } = this.check(request);
      return {
        certificateHash,
        certificateEndsAt: notAfter,
        // Only check-ins ask for them.
        get certificateNames() {
          return namesOf(request);
        },
      };
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
    const known = request.connection && this.connections.get(request.connection);
    if (known?.anchors === options.anchors && options.now <= known.checked.validUntil) return known.checked;
    const shown = request.clientCertificate();
    if (shown === undefined) throw nothingShown();
    const checked = checkClientCertificate(shown.der, { ...options, intermediates: shown.intermediates });
    if (request.connection) this.connections.set(request.connection, { anchors: options.anchors, checked });
    return checked;
  }
}

/** Of a request whose certificate was checked. A name that cannot be read is no reason to turn its device away. */
function namesOf({ signature, clientCertificate }: DeviceRequest): string[] {
  const der = signature === undefined ? clientCertificate()?.der : signerCertificate(signature);
  if (der === undefined) return [];
  try {
    return certificateNames(der);
  } catch {
    return [];
  }
}
