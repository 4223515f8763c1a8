import { signMdmBody } from '@lamplighter/apple';
import { clientExtensions, type Credentials, newCredentials } from '@lamplighter/fleet-sim';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { issuerFromPem } from '../../../../tools/fleet-sim/src/pki/certificate.ts';
import type { World } from '../world.ts';

/** Which of the two URLs of its profile a device talks to; both are one here, and the content type tells them apart. */
export type Door = 'check-in' | 'connect';

export interface Reply {
  readonly status: number;
  /** Undefined where there is no body. */
  readonly type: string | undefined;
  readonly body: string;
}

const TYPES: Readonly<Record<Door, string>> = {
  'check-in': 'application/x-apple-aspen-mdm-checkin',
  connect: 'application/x-apple-aspen-mdm',
};

/** Says what it is told to, over one connection, under an identity certificate of the world's device authority. */
export class TestDevice {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private readonly world: World;
  private readonly proof: 'signature' | 'tls';
  private identity: Credentials;
  private former: Credentials;

  /** @param proof by `Mdm-Signature`, or by the certificate shown in TLS */
  constructor(world: World, name: string, proof: 'signature' | 'tls') {
    this.world = world;
    this.proof = proof;
    this.identity = this.former = this.issue(name);
  }

  /** Goes on under a new certificate. */
  renew(name: string): void {
    this.former = this.identity;
    this.identity = this.issue(name);
    // Of a client certificate the connection holds on to the one that it began with.
    this.agent.destroy();
  }

  /** Goes on under the certificate before this one. */
  goBack(): void {
    [this.identity, this.former] = [this.former, this.identity];
    this.agent.destroy();
  }

  say(door: Door, body: Buffer): Promise<Reply> {
    const { certificate, key } = this.identity;
    const shown = this.proof === 'tls' ? { cert: certificate, key } : {};
    const options = {
      method: 'PUT',
      agent: this.agent,
      ca: readFileSync(this.world.product.pki.gatewayCa),
      ...shown,
      headers: { 'content-type': TYPES[door], 'content-length': body.length, ...this.signature(body) },
    };
    return new Promise((resolve, reject) => {
      const sent = request(`${this.world.product.urls.gateway}/mdm`, options, (response) => {
        const end = async (): Promise<Reply> => ({
          status: response.statusCode!,
          type: response.headers['content-type'],
          body: Buffer.concat(await response.toArray()).toString(),
        });
        end().then(resolve, reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }

  private signature(body: Buffer): Record<string, string> {
    if (this.proof === 'tls') return {};
    const { certificate, key } = this.identity;
    const certificateDer = Buffer.from(new X509Certificate(certificate).raw);
    return { 'mdm-signature': signMdmBody(body, { certificateDer, privateKey: createPrivateKey(key) }) };
  }

  private issue(commonName: string): Credentials {
    const { certificate, key } = this.world.fleet.pki.deviceCa;
    return newCredentials(issuerFromPem(certificate, key), { commonName, extensions: clientExtensions() });
  }
}
