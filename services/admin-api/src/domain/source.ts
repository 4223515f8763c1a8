import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '@lamplighter/contracts';

/** Whether this is the `X-Hmac-Signature` of the body: base64 of its HMAC-SHA256. Takes as long for every wrong one. */
export function isSignedBy(key: Buffer, body: Buffer, signature: string): boolean {
  const expected = createHmac('sha256', key).update(body).digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

export function noSource(name: string): AppError {
  return new AppError('source.not-found', `there is no source ${name} in this tenant`, {
    remedy: 'make it first: lamp source put',
  });
}
