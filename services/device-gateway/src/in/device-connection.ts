import type { FastifyRequest } from 'fastify';
import { TLSSocket } from 'node:tls';
import { TenantId } from '@lamplighter/contracts';
import type { X509Certificate } from 'node:crypto';
import type { Config } from '../config.ts';
import type { DeviceRequest, ShownCertificate } from '../domain/device-request.ts';
import { forgedHeader, nothingShown, notSigned, unknownTenant } from '../domain/refusal.ts';
import type { Refusal } from '../domain/refusal.ts';
import { CertificateHeader } from './certificate-header.ts';

const MAX_INTERMEDIATES = 6;

/** What a request shows of who sends it, by the ways that are configured. */
export class DeviceConnections {
  private readonly header: CertificateHeader | undefined;
  private readonly signatureOnly: boolean;
  private readonly tenants: ReadonlySet<string> | undefined;
  private readonly shown = new WeakMap<object, X509Certificate | undefined>();

  constructor(config: Config) {
    this.header = CertificateHeader.of(config);
    this.signatureOnly = config.LAMP_GATEWAY_REQUIRE_SIGNATURE;
    this.tenants = config.LAMP_GATEWAY_TENANTS && new Set(config.LAMP_GATEWAY_TENANTS);
  }

  /** Why nobody needs to read the body of this request; undefined where somebody does. */
  refusalOf(request: FastifyRequest): Refusal | undefined {
    const trusted = this.header?.trusts(request) ?? false;
    if (this.header && !trusted && this.header.isOn(request)) return forgedHeader(this.header.name);
    if (signatureOf(request) !== undefined) return undefined;
    if (this.signatureOnly) return notSigned();
    const shows = trusted ? this.header?.isOn(request) : this.inTls(request) !== undefined;
    return shows === true ? undefined : nothingShown();
  }

  /** The tenant of the path; `default` where it names none, undefined where the name is none or not served here. */
  tenantOf(request: FastifyRequest): string | undefined {
    const { tenant = 'default' } = (request.params ?? {}) as { tenant?: string };
    if (this.tenants !== undefined) return this.tenants.has(tenant) ? tenant : undefined;
    return tenant === 'default' || TenantId.safeParse(tenant).success ? tenant : undefined;
  }

  /** Throws Refusal where the path names no tenant. */
  requestOf(request: FastifyRequest): DeviceRequest {
    const tenant = this.tenantOf(request);
    if (tenant === undefined) throw unknownTenant();
    // A terminator's own certificate, if it shows one, is no device's.
    const relay = this.header?.trusts(request) === true ? this.header : undefined;
    return {
      tenant,
      contentType: request.headers['content-type'],
      signature: signatureOf(request),
      connection: relay === undefined ? request.socket : undefined,
      clientCertificate: () => (relay === undefined ? this.shownInTls(request) : relay.read(request)),
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    };
  }

  private shownInTls(request: FastifyRequest): ShownCertificate | undefined {
    const certificate = this.inTls(request);
    return certificate && { der: certificate.raw, intermediates: intermediatesOf(certificate) };
  }

  /** Reading it from TLS takes longer than all else of an Idle, so once per connection. */
  private inTls({ socket }: FastifyRequest): X509Certificate | undefined {
    if (this.signatureOnly || !(socket instanceof TLSSocket)) return undefined;
    if (!this.shown.has(socket)) this.shown.set(socket, socket.getPeerX509Certificate());
    return this.shown.get(socket);
  }
}

function signatureOf(request: FastifyRequest): string | undefined {
  const header = request.headers['mdm-signature'];
  return typeof header === 'string' ? header : undefined;
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
