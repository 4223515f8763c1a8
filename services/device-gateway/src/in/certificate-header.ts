import type { FastifyRequest } from 'fastify';
import { BlockList, isIPv6 } from 'node:net';
import type { Config } from '../config.ts';
import { certificateOfHeader } from '../domain/certificate-header.ts';
import type { ShownCertificate } from '../domain/device-request.ts';

/** The header in which TLS terminators at trusted addresses hand on client certificates. */
export class CertificateHeader {
  /** As it is configured. */
  readonly name: string;
  private readonly field: string;
  private readonly chainField: string;
  private readonly trusted = new BlockList();

  private constructor(name: string, trusted: readonly string[]) {
    this.name = name;
    this.field = name.toLowerCase();
    this.chainField = `${this.field}-chain`;
    for (const range of trusted) {
      const [address = '', prefix] = range.split('/');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      if (prefix === undefined) this.trusted.addAddress(address, family);
      else this.trusted.addSubnet(address, Number(prefix), family);
    }
  }

  /** Undefined where no terminator is configured. */
  static of(config: Config): CertificateHeader | undefined {
    const { LAMP_GATEWAY_CERT_HEADER: name, LAMP_GATEWAY_TRUSTED_PROXIES: trusted } = config;
    return name === undefined || trusted === undefined ? undefined : new CertificateHeader(name, trusted);
  }

  /** Whether the request comes straight from a trusted terminator. */
  trusts(request: FastifyRequest): boolean {
    // Without the zone of a link-local address.
    const address = request.socket.remoteAddress?.split('%', 1)[0];
    return address !== undefined && this.trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  /** Whether the request has it, or its chain, from anybody. */
  isOn(request: FastifyRequest): boolean {
    return request.headers[this.field] !== undefined || request.headers[this.chainField] !== undefined;
  }

  /** Undefined where it is absent or empty: the device showed none. Throws Refusal where it cannot be read. */
  read(request: FastifyRequest): ShownCertificate | undefined {
    const value = this.valueOf(request, this.field);
    return value === undefined ? undefined : certificateOfHeader(value, this.valueOf(request, this.chainField));
  }

  /** Twice the same header, joined by Node with a comma: a terminator that adds instead of replacing. Left to be refused. */
  private valueOf(request: FastifyRequest, field: string): string | undefined {
    const values = request.raw.headersDistinct[field];
    if (values === undefined || values.every((value) => value.trim() === '')) return undefined;
    return values.length === 1 ? values[0] : '%';
  }
}
