import type { KeyObject } from 'node:crypto';
import { clientExtensions, issueCertificate, keyFromScalar, publicKeyOf } from '../pki/certificate.ts';
import type { Issuer } from '../pki/certificate.ts';
import { validity } from '../pki/authority.ts';
import { seededBytes } from '../random.ts';
import type { Device } from './device.ts';

/*
 * Keys, tokens and magics follow from the seed, so that 100,000 devices need not keep them: a device holds only its
 * certificate. A token is its device's index and generation, and a part that nobody else can know.
 */

const TOKEN_BYTES = 32;

type Channel = 'device' | 'user';
const CAUSES: Readonly<Record<Channel, string>> = { device: 'token', user: 'user token' };

/** Of the device, or of the channel of its user. */
export function tokenOf(seed: string, index: number, generation: number, channel: Channel = 'device'): Buffer {
  const token = seededBytes(seed, CAUSES[channel], index, generation);
  token.writeUInt32BE(index, 0);
  token.writeUInt32BE(generation, 4);
  return token;
}

/** Whose token this is; undefined for one that was never given out. */
export function readToken(
  seed: string,
  hex: string,
): { index: number; generation: number; channel: Channel } | undefined {
  const token = Buffer.from(hex, 'hex');
  if (token.length !== TOKEN_BYTES) return undefined;
  const index = token.readUInt32BE(0);
  const generation = token.readUInt32BE(4);
  const channel = (['device', 'user'] as const).find((one) => tokenOf(seed, index, generation, one).equals(token));
  return channel && { index, generation, channel };
}

export function magicOf(
  seed: string,
  { index, generation }: Pick<Device, 'index' | 'generation'>,
  channel: Channel = 'device',
): string {
  const magic = uuidOf(seededBytes(seed, 'magic', index, generation));
  return channel === 'user' ? `${magic}-USER` : magic;
}

/** The same user logs in whenever the Mac enrolls. */
export function userIdOf(seed: string, { index }: Pick<Device, 'index'>): string {
  return uuidOf(seededBytes(seed, 'user', index));
}

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex', 0, 16).toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function privateKeyOf(seed: string, { index, generation }: Pick<Device, 'index' | 'generation'>): KeyObject {
  const scalar = seededBytes(seed, 'identity', index, generation);
  scalar[0] = (scalar[0]! & 0x7f) | 0x40; // below the order of P-256, never zero
  return keyFromScalar(scalar);
}

/** DER of the identity certificate of this generation, issued on first use. Its CN is the UDID. */
export function certificateOf(device: Device, key: KeyObject, issuer: Issuer): Buffer {
  if (device.certificate !== undefined) return Buffer.from(device.certificate, 'latin1');
  const certificate = issueCertificate({
    commonName: device.udid,
    publicKey: publicKeyOf(key),
    issuer,
    ...validity(),
    extensions: clientExtensions(),
  });
  device.certificate = certificate.toString('latin1');
  return certificate;
}
