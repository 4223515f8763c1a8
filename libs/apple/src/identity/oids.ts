/** Object identifiers as the hex of their DER content. */
export const OID = {
  data: '2a864886f70d010701',
  signedData: '2a864886f70d010702',
  contentType: '2a864886f70d010903',
  messageDigest: '2a864886f70d010904',
  sha256: '608648016503040201',
  rsaEncryption: '2a864886f70d010101',
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  serialNumber: '550405',
  userId: '0992268993f22c640101',
  permanentIdentifier: '2b06010505070803',
  subjectAltName: '551d11',
  subjectKeyIdentifier: '551d0e',
  keyUsage: '551d0f',
  basicConstraints: '551d13',
  extendedKeyUsage: '551d25',
  clientAuth: '2b06010505070302',
  anyExtendedKeyUsage: '551d2500',
} as const;

export type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

export const DIGESTS: ReadonlyMap<string, Hash> = new Map<string, Hash>([
  ['2b0e03021a', 'sha1'],
  [OID.sha256, 'sha256'],
  ['608648016503040202', 'sha384'],
  ['608648016503040203', 'sha512'],
]);

export interface SignatureAlgorithm {
  readonly key: 'rsa' | 'ec';
  /** Absent where the identifier names the key alone; then the digest algorithm tells. */
  readonly hash?: Hash;
}

/** RSA is PKCS #1 v1.5. */
export const SIGNATURES: ReadonlyMap<string, SignatureAlgorithm> = new Map<string, SignatureAlgorithm>([
  [OID.rsaEncryption, { key: 'rsa' }],
  ['2a864886f70d010105', { key: 'rsa', hash: 'sha1' }],
  ['2a864886f70d01010b', { key: 'rsa', hash: 'sha256' }],
  ['2a864886f70d01010c', { key: 'rsa', hash: 'sha384' }],
  ['2a864886f70d01010d', { key: 'rsa', hash: 'sha512' }],
  ['2a8648ce3d0201', { key: 'ec' }],
  ['2a8648ce3d0401', { key: 'ec', hash: 'sha1' }],
  [OID.ecdsaWithSha256, { key: 'ec', hash: 'sha256' }],
  ['2a8648ce3d040303', { key: 'ec', hash: 'sha384' }],
  ['2a8648ce3d040304', { key: 'ec', hash: 'sha512' }],
]);

/** Critical extensions that the chain check understands, or that cannot widen what a certificate may do here. */
export const KNOWN_EXTENSIONS: ReadonlySet<string> = new Set<string>([
  OID.subjectKeyIdentifier,
  OID.keyUsage,
  OID.basicConstraints,
  OID.extendedKeyUsage,
  OID.subjectAltName,
  '551d20', // certificatePolicies
  '551d23', // authorityKeyIdentifier
]);
