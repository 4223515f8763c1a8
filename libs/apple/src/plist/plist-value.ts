/** `bigint` stands only for integers outside ±(2^53 − 1); `Buffer` for `<data>`. */
export type PlistValue = string | number | bigint | boolean | Date | Buffer | PlistValue[] | PlistDict;

/** Has no prototype when parsed, so no key (`__proto__`, `constructor`) means anything special. */
export interface PlistDict {
  [key: string]: PlistValue;
}

/** What may be written: the same, with keys left out where the value is undefined. */
export type PlistInput =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | readonly PlistInput[]
  | { readonly [key: string]: PlistInput | undefined };

export function isDict(value: PlistValue | undefined): value is PlistDict {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date) && !Buffer.isBuffer(value);
}

const EmptyDict = function () {} as unknown as new () => PlistDict;
EmptyDict.prototype = Object.create(null) as object;

/** An empty dict without prototype; unlike `Object.create(null)` it keeps V8's fast property layout. */
export function emptyDict(): PlistDict {
  return new EmptyDict();
}
