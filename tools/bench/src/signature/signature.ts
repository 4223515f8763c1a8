import { ChainCache, idleFixture, signMdmBody, trustAnchors, verifyMdmSignature } from '@lamplighter/apple';
import {
  createPrivateKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';

import { type Authority, newCredentials, validity } from '../../../fleet-sim/src/pki/authority.ts';
import {
  authorityExtensions,
  clientExtensions,
  issueCertificate,
  pem,
  publicKeyOf,
  subjectName,
} from '../../../fleet-sim/src/pki/certificate.ts';
import { sampleOf } from '../in-process.ts';
import type { BenchOptions, Report } from '../options.ts';
import { median, resultOf, type Sample } from '../result.ts';
import { libraryCheck } from './library.ts';

const body = idleFixture('00008103-000A1B2C3D4E5F60');
const DEVICES = 64;

const kinds = {
  RSA: (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  EC: (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
};
type Kind = keyof typeof kinds;

interface Signed {
  readonly header: string;
  readonly certificate: X509Certificate;
  /** Of what a check cannot do without: one signature over one digest. */
  readonly bare: Buffer;
}

type Side = 'cached' | 'cold' | 'bare' | 'library';

/** Checks of `Mdm-Signature` a CPU second, beside nothing but the public-key operation, and beside a library. */
export async function signature(options: BenchOptions): Promise<Report> {
  const measured = { RSA: await measure('RSA', options), EC: await measure('EC', options) };
  const result = (name: string, kind: Kind, side: Side, goal: number) =>
    resultOf({ name, unit: 'checks/CPU-s', goal }, measured[kind][side], measured[kind].bare);
  return {
    results: [
      result('signature', 'RSA', 'cached', 0.7),
      result('signature-cold', 'RSA', 'cold', 0.25),
      result('signature-ec', 'EC', 'cached', 0.8),
    ],
    notes: Object.entries(measured).map(([kind, sides]) => `signature: ${kind}, checks/CPU-s: ${figures(sides)}`),
  };
}

async function measure(kind: Kind, options: BenchOptions): Promise<Record<Side, Sample[]>> {
  const authority = authorityOf(kinds[kind]());
  const signed = Array.from({ length: DEVICES }, () => signedBy(authority, kinds[kind]()));
  const anchors = trustAnchors(authority.certificate);
  const cache = new ChainCache();
  const byLibrary = libraryCheck(authority.certificate);
  let turn = 0;
  const next = (): Signed => signed[(turn += 1) % DEVICES]!;
  const once: Record<Side, () => Promise<void> | void> = {
    cached: () => void verifyMdmSignature(next().header, body, { anchors, now: Date.now(), cache }),
    cold: () => void verifyMdmSignature(next().header, body, { anchors, now: Date.now() }),
    bare: () => bareCheck(next()),
    library: () => byLibrary(next().header, body),
  };
  const samples: Record<Side, Sample[]> = { cached: [], cold: [], bare: [], library: [] };
  for (let run = 1; run <= options.runs; run += 1) {
    for (const side of Object.keys(once) as Side[]) {
      options.signal.throwIfAborted();
      samples[side].push(await sampleOf(options.seconds / 4, once[side]));
    }
    options.say(`signature ${run}/${options.runs} ${kind}, checks/CPU-s: ${figures(samples)}`);
  }
  return samples;
}

/** Devices and their authority have keys of one kind, as SCEP (RSA) and ACME (EC) servers hand them out. */
function authorityOf(key: KeyObject): Authority {
  const commonName = 'bench device authority';
  const issuer = { name: subjectName(commonName), key };
  const extensions = authorityExtensions();
  const certificate = issueCertificate({ commonName, publicKey: publicKeyOf(key), issuer, ...validity(), extensions });
  return { ...issuer, certificate: pem(certificate) };
}

function signedBy(authority: Authority, key: KeyObject): Signed {
  const issued = newCredentials(authority, { commonName: 'bench device', extensions: clientExtensions() }, key);
  const certificate = new X509Certificate(issued.certificate);
  const identity = { certificateDer: Buffer.from(certificate.raw), privateKey: createPrivateKey(issued.key) };
  return { header: signMdmBody(body, identity), certificate, bare: sign('sha256', body, identity.privateKey) };
}

const keys = new WeakMap<X509Certificate, KeyObject>();

function bareCheck({ certificate, bare }: Signed): void {
  const key = keys.get(certificate) ?? certificate.publicKey;
  keys.set(certificate, key);
  hash('sha256', body, 'buffer');
  if (!verify('sha256', body, key, bare)) throw new Error('the bare signature does not hold');
}

function figures(sides: Record<Side, readonly Sample[]>): string {
  return Object.entries(sides)
    .map(([side, runs]) => `${side} ${Math.round(median(runs.map(({ rate }) => rate)))}`)
    .join(', ');
}
