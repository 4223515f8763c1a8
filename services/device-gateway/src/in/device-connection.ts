import type { FastifyRequest } from 'fastify';
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { TenantId } from '@lamplighter/contracts';
import type { DeviceRequest } from '../domain/device-request.ts';
import { Refusal } from '../domain/refusal.ts';

const shown = new WeakMap<object, X509Certificate | undefined>();

/** Reading it from TLS takes longer than all else of an Idle, so once per connection. */
function clientCertificateOf(socket: TLSSocket): X509Certificate | undefined {
  if (!shown.has(socket)) shown.set(socket, socket.getPeerX509Certificate());
  return shown.get(socket);
}

function signatureOf(request: FastifyRequest): string | undefined {
  const header = request.headers['mdm-signature'];
  return typeof header === 'string' ? header : undefined;
}

/** Neither a signature nor a client certificate. */
export function showsNothing(request: FastifyRequest): boolean {
  return signatureOf(request) === undefined && clientCertificateOf(request.socket as TLSSocket) === undefined;
}

/** The tenant of the path; `default` where it names none, undefined where the name is none. */
export function tenantOf(request: FastifyRequest): string | undefined {
  const { tenant = 'default' } = (request.params ?? {}) as { tenant?: string };
  return tenant === 'default' || TenantId.safeParse(tenant).success ? tenant : undefined;
}

/** Throws Refusal where the path names no tenant. */
export function requestOf(request: FastifyRequest): DeviceRequest {
  const tenant = tenantOf(request);
  if (tenant === undefined)
    throw new Refusal(404, 'device.unknown-tenant', 'the path does not name a tenant: /mdm/<tenant>');
  const socket = request.socket as TLSSocket;
  return {
    tenant,
    contentType: request.headers['content-type'],
    signature: signatureOf(request),
    connection: socket,
    clientCertificate: () => clientCertificateOf(socket),
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  };
}
