/** An operating system as Apple's schema names it. iPadOS stands under iOS there. */
export type SchemaOs = 'iOS' | 'macOS' | 'tvOS' | 'visionOS' | 'watchOS';

/** How a special kind of enrollment takes something. `ignored`: taken without effect. */
export type Mode = 'allowed' | 'required' | 'forbidden' | 'ignored';

/**
 * What an OS says of a command, a declaration, or one of its keys. Left out of a command or declaration: not so, save that the device
 * channel is open and every kind of enrollment allowed. Left out of a key: as in that in which the key stands.
 */
export interface OsFacts {
  /** `n/a`: this OS never had it. */
  readonly introduced?: string;
  readonly deprecated?: string;
  /** The first version without it. */
  readonly removed?: string;
  readonly supervised?: boolean;
  /** Only devices enrolled through automated device enrollment. */
  readonly requiresDep?: boolean;
  readonly userApproved?: boolean;
  readonly deviceChannel?: boolean;
  readonly userChannel?: boolean;
  readonly userEnrollment?: Mode;
  readonly sharedIpad?: { readonly mode?: Mode; readonly deviceChannel?: boolean; readonly userChannel?: boolean };
}

export type OsSupport = { readonly [os in SchemaOs]?: OsFacts };

export type KeyType = 'string' | 'integer' | 'real' | 'boolean' | 'date' | 'data' | 'array' | 'dictionary' | 'any';

export interface Keys {
  readonly [key: string]: KeyFacts;
}

/** What may stand at one key of a payload. In JSON, dates and data are strings. */
export interface KeyFacts {
  readonly type: KeyType;
  readonly required?: true;
  /** The values there are. */
  readonly oneOf?: readonly (string | number | boolean)[];
  readonly min?: number;
  readonly max?: number;
  /** How many members an array has. */
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Of a dictionary; it is open where it has neither `keys` nor `others`. */
  readonly keys?: Keys;
  /** Of a dictionary: what stands at keys whose names are not fixed. */
  readonly others?: KeyFacts;
  /** Of an array whose members are all alike. */
  readonly item?: KeyFacts;
  /** Of an array of dictionaries that differ: `of` by the value of the key `by`. */
  readonly variants?: { readonly by: string; readonly of: Keys };
  /** Of a string that names something (a query): the names there are. Later OS versions have more. */
  readonly names?: Keys;
  /** Only what differs from that in which the key stands. */
  readonly os?: OsSupport;
}

/** A command, a declaration, a document of declarative management, or a status item. */
export interface Facts {
  /** An OS that is not here never had it. */
  readonly os: OsSupport;
  readonly keys: Keys;
  readonly others?: KeyFacts;
}

/** What a declaration may hold. */
export type JsonInput =
  | string
  | number
  | boolean
  | null
  | readonly JsonInput[]
  | { readonly [key: string]: JsonInput | undefined };
