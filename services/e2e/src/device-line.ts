import { signMdmBody } from '@lamplighter/apple';
import type { Device } from '@lamplighter/fleet-sim';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { privateKeyOf } from '../../../tools/fleet-sim/src/device/identity.ts';
import type { World } from './world.ts';

export const CHECK_IN = 'application/x-apple-aspen-mdm-checkin';
export const CONNECT = 'application/x-apple-aspen-mdm';

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** One PUT at the gateway's own TLS port, signed as this device. */
export function putAs(world: World, device: Device, contentType: string, body: string | Buffer): Promise<Reply> {
  const bytes = Buffer.from(body);
  const identity = {
    certificateDer: Buffer.from(device.certificate!, 'latin1'),
    privateKey: privateKeyOf(world.fleet.fleet.world.seed, device),
  };
  return put(world, bytes, { 'content-type': contentType, 'mdm-signature': signMdmBody(bytes, identity) });
}

function put(world: World, body: Buffer, headers: Record<string, string>): Promise<Reply> {
  const ca = readFileSync(world.product.pki.gatewayCa);
  const options = { method: 'PUT', ca, agent: false, headers: { ...headers, 'content-length': body.length } };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${world.product.urls.gateway}/mdm`, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode!, body: text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
