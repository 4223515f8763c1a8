import { AppError } from '@lamplighter/contracts';
import { UNRECOGNIZED } from './device-reply.ts';
import type { DeviceReply, DeviceStatus } from './device-reply.ts';

/** What a log line may name. */
export interface RefusalKeys {
  readonly tenant?: string;
  readonly deviceId?: string;
  /** Start of the certificate's hash. */
  readonly certificate?: string;
}

export interface RefusalOptions {
  readonly remedy?: string;
  readonly keys?: RefusalKeys;
  /** Instead of the error as JSON. */
  readonly reply?: DeviceReply;
  readonly cause?: unknown;
}

/** A request that changes nothing. Message and code go to the log and, unless `reply` says otherwise, to the device. */
export class Refusal extends AppError {
  readonly status: DeviceStatus;
  readonly keys: RefusalKeys;
  private readonly fixedReply: DeviceReply | undefined;

  constructor(status: DeviceStatus, code: string, message: string, options: RefusalOptions = {}) {
    super(code, message, {
      outcome: 'drop',
      ...(options.remedy === undefined ? {} : { remedy: options.remedy }),
      cause: options.cause,
    });
    this.name = 'Refusal';
    this.status = status;
    this.keys = options.keys ?? {};
    this.fixedReply = options.reply;
  }

  toReply(): DeviceReply {
    return (
      this.fixedReply ?? {
        status: this.status,
        contentType: 'application/json',
        body: JSON.stringify(this.toBody()),
      }
    );
  }
}

/** Twelve hex digits tell certificates apart for a person. */
export function shortHash(certificateHash: string): string {
  return certificateHash.slice(0, 12);
}

/** Who was refused, as the queue was asked about it. */
export interface Asked {
  readonly tenant: string;
  readonly deviceId: string;
  readonly certificateHash: string;
}

/** The command queue's reasons not to serve a device. */
export function queueRefusal(asked: Asked, outcome: 'unrecognized' | 'wrong-certificate' | 'unavailable'): Refusal {
  const keys = {
    tenant: asked.tenant,
    deviceId: asked.deviceId,
    certificate: shortHash(asked.certificateHash),
  };
  switch (outcome) {
    case 'unrecognized':
      // Only a device id has no colon. A user channel that is not known must not make its device leave.
      return new Refusal(403, 'device.unrecognized', 'this device is not enrolled here, or no longer', {
        keys,
        ...(asked.deviceId.includes(':') ? {} : { reply: UNRECOGNIZED }),
      });
    case 'wrong-certificate':
      return new Refusal(403, 'device.wrong-certificate', 'this id is enrolled with another identity certificate', {
        remedy:
          'Renew an identity with a certificate that names the UDID or serial number, or enroll the device again.',
        keys,
      });
    default:
      return new Refusal(503, 'device.queue-unavailable', 'the command queue could not serve this device now', {
        keys,
      });
  }
}

/** Neither a signature nor a client certificate came with the request. */
export function nothingShown(): Refusal {
  return new Refusal(403, 'device.no-identity', 'the request has no Mdm-Signature header, and no client certificate', {
    remedy: 'Set SignMessage in the MDM profile, or let devices show their identity certificate in TLS.',
  });
}

/** Only signatures count here, and there is none. */
export function notSigned(): Refusal {
  return new Refusal(403, 'device.no-signature', 'the request has no Mdm-Signature header', {
    remedy: 'Set SignMessage in the MDM profile, or unset LAMP_GATEWAY_REQUIRE_SIGNATURE.',
  });
}

/** Somebody else than the TLS terminator names a client certificate in the terminator's header. */
export function forgedHeader(header: string): Refusal {
  return new Refusal(403, 'device.untrusted-proxy', `${header} comes from an address that is not trusted to set it`, {
    remedy: 'Name the TLS terminator in LAMP_GATEWAY_TRUSTED_PROXIES, if this is it.',
  });
}

/** The path names no tenant, or one that this gateway does not serve. */
export function unknownTenant(): Refusal {
  return new Refusal(404, 'device.unknown-tenant', 'the path does not name a tenant that is served here');
}

/** Large bodies fill the memory that they may have. */
export function noRoom(): Refusal {
  return new Refusal(503, 'gateway.no-room', 'too many large bodies are on their way at once', {
    remedy: 'Raise LAMP_GATEWAY_BODY_MEMORY, or add replicas of device-gateway.',
  });
}
