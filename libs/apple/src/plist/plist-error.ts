import { AppleError } from '../apple-error.ts';

export type PlistErrorCode =
  | 'plist.not-xml'
  | 'plist.binary'
  | 'plist.encoding'
  | 'plist.prolog'
  | 'plist.doctype-subset'
  | 'plist.too-large'
  | 'plist.too-deep'
  | 'plist.truncated'
  | 'plist.trailing'
  | 'plist.unexpected-element'
  | 'plist.unexpected-text'
  | 'plist.unknown-entity'
  | 'plist.bad-character'
  | 'plist.bad-integer'
  | 'plist.bad-real'
  | 'plist.bad-date'
  | 'plist.bad-data'
  | 'plist.missing-value'
  | 'plist.duplicate-key';

/** The bytes are not a plist that we accept. */
export class PlistError extends AppleError {
  readonly code: PlistErrorCode;
  /** Byte offset into the document where the scanner stopped. */
  readonly offset: number;

  constructor(code: PlistErrorCode, what: string, offset: number) {
    super(`not an acceptable plist: ${what} (at byte ${offset})`);
    this.code = code;
    this.offset = offset;
  }
}
