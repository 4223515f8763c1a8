/** A client certificate, DER, with the certificates above it that came along. */
export interface ShownCertificate {
  readonly der: Buffer;
  readonly intermediates: readonly Buffer[];
}

/** One PUT of a device, as the server received it. */
export interface DeviceRequest {
  readonly tenant: string;
  /** Raw header value; undefined where there is none. */
  readonly contentType: string | undefined;
  /** Raw `Mdm-Signature` header; undefined where there is none. */
  readonly signature: string | undefined;
  /**
   * The connection, where it is one device's own: what is known of its certificate is kept under this key for as long as
   * it lives. Undefined on a connection of a TLS terminator, which carries the requests of many devices.
   */
  readonly connection: object | undefined;
  /**
   * The certificate that the device showed in TLS, here or to the terminator; undefined where it showed none.
   * Throws Refusal (403) where the terminator's header cannot be read.
   */
  readonly clientCertificate: () => ShownCertificate | undefined;
  readonly body: Buffer;
}

/** Who sent a request: proven by a signature over the body or by the TLS connection. */
export interface DeviceIdentity {
  /** SHA-256 of what the authority signed of the identity certificate, lower-case hex. */
  readonly certificateHash: string;
  /** Until when that certificate is valid. */
  readonly certificateEndsAt?: Date;
  /** Common name, serialNumber and subject alternative names of that certificate; absent where they were not read. */
  readonly certificateNames?: readonly string[];
}

export const CHECK_IN_TYPE = 'application/x-apple-aspen-mdm-checkin';
export const CONNECT_TYPE = 'application/x-apple-aspen-mdm';

/** The media type without parameters, lower-case; empty where there is none. */
export function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
}
