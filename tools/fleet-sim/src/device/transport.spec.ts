import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newAuthority, newCredentials } from '../pki/authority.ts';
import { clientExtensions, serverExtensions } from '../pki/certificate.ts';
import { ownAgent, put } from './transport.ts';

describe('the connection of a device with a client certificate', () => {
  const authority = newAuthority('spec');
  const device = newCredentials(authority, { commonName: 'DEVICE-1', extensions: clientExtensions() });
  const seen: { name: string; resumed: boolean }[] = [];
  let server: Server;
  beforeAll(async () => {
    const { certificate: cert, key } = newCredentials(authority, {
      commonName: 'localhost',
      extensions: serverExtensions(['localhost']),
    });
    server = createServer({ cert, key, ca: authority.certificate, requestCert: true }, (request, response) => {
      const socket = request.socket as TLSSocket;
      seen.push({ name: String(socket.getPeerCertificate().subject.CN), resumed: socket.isSessionReused() });
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('resumes its TLS session after each one that it ended, and is known by its certificate all the same', async () => {
    const address = { url: `https://localhost:${(server.address() as AddressInfo).port}`, ca: authority.certificate };
    const agent = ownAgent(address, device.certificate, device.key);
    for (const body of ['first', 'second']) {
      await put(address, agent, { contentType: 'text/plain', body });
      agent.destroy();
    }
    expect(seen).toEqual([
      { name: 'DEVICE-1', resumed: false },
      { name: 'DEVICE-1', resumed: true },
    ]);
  });
});
