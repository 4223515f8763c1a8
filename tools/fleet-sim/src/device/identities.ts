import type { KeyObject } from 'node:crypto';
import type { Agent } from 'node:https';
import { type Issuer, keyPem, pem } from '../pki/certificate.ts';
import type { Device, World } from './device.ts';
import { certificateOf, privateKeyOf } from './identity.ts';
import { ownAgent, type ServerAddress } from './transport.ts';

/** What a device identifies itself by. */
export interface Identity {
  readonly generation: number;
  readonly certificateDer: Buffer;
  readonly privateKey: KeyObject;
  /** Of a device that uses its certificate for TLS. */
  readonly agent: Agent | undefined;
}

/** Of the devices that speak now and then again within a night: about 3 KB each, 40 KB where it is a TLS context of its own. */
const MOST = 60_000;

/** Identities that were used lately: making a key from its scalar costs more than all else that a request takes. */
export class Identities {
  private readonly held = new Map<number, Identity>();
  private readonly world: Pick<World, 'seed'>;
  private readonly issuer: Issuer;
  private readonly server: ServerAddress;

  constructor(world: Pick<World, 'seed'>, issuer: Issuer, server: ServerAddress) {
    this.world = world;
    this.issuer = issuer;
    this.server = server;
  }

  /** Of the device's present enrollment. */
  of(device: Device): Identity {
    const held = this.held.get(device.index);
    if (held !== undefined && held.generation === device.generation && device.certificate !== undefined) return held;
    const privateKey = privateKeyOf(this.world.seed, device);
    const certificateDer = certificateOf(device, privateKey, this.issuer);
    const agent = device.usesClientCertificate
      ? ownAgent(this.server, pem(certificateDer), keyPem(privateKey))
      : undefined;
    const identity = { generation: device.generation, certificateDer, privateKey, agent };
    this.held.set(device.index, identity);
    if (this.held.size > MOST) this.held.delete(this.held.keys().next().value!);
    return identity;
  }
}
