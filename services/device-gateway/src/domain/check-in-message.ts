import { redactCheckin } from '@lamplighter/apple';
import type { PlistValue } from '@lamplighter/apple';
import { LARGEST_CHECK_IN } from '@lamplighter/contracts';
import { Refusal } from './refusal.ts';

/** The message for other systems to follow, without its secrets. Throws Refusal (413) where it is no check-in by its size. */
export function payloadOf(plist: PlistValue, bytes: number): string {
  const payload = bytes > LARGEST_CHECK_IN ? '' : redactCheckin(plist);
  if (bytes > LARGEST_CHECK_IN || payload.length > LARGEST_CHECK_IN) {
    throw new Refusal(413, 'checkin.too-large', `a check-in of more than ${LARGEST_CHECK_IN} bytes is none`);
  }
  return payload;
}
