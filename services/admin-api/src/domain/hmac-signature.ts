import { createHmac, timingSafeEqual } from 'node:crypto';

/** The `X-Hmac-Signature` of a body: base64 of its HMAC-SHA256. */
export function signatureOf(body: string | Buffer, key: Buffer): string {
  return digestOf(body, key).toString('base64');
}

/** Whether this is the `X-Hmac-Signature` of the body. Takes as long for every wrong one. */
export function isSignedBy(key: Buffer, body: Buffer, signature: string): boolean {
  const expected = digestOf(body, key);
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function digestOf(body: string | Buffer, key: Buffer): Buffer {
  return createHmac('sha256', key).update(body).digest();
}
