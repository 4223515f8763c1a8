/** An operating system as Apple's schema names it. iPadOS stands under iOS there. */
export type SchemaOs = 'iOS' | 'macOS' | 'tvOS' | 'visionOS' | 'watchOS';

/** How a special kind of enrollment takes something. `ignored`: taken without effect. */
export type Mode = 'allowed' | 'required' | 'forbidden' | 'ignored';

/** What an OS says of a command, a declaration, or one of its keys. What is left out is not stated. */
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

export type Support = { readonly [os in SchemaOs]?: OsFacts };

export type KeyType = 'string' | 'integer' | 'real' | 'boolean' | 'date' | 'data' | 'array' | 'dictionary' | 'any';

export interface Keys {
  readonly [key: string]: KeyFacts;
}

/** What may stand at one key of a payload. */
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
  /** Of a dictionary; absent where it is open. */
  readonly keys?: Keys;
  /** Of a dictionary whose keys have no fixed names: what stands at each. */
  readonly others?: KeyFacts;
  /** Of an array whose members are all alike. */
  readonly item?: KeyFacts;
  /** Of an array of dictionaries that differ: `of` by the value of the key `by`. */
  readonly variants?: { readonly by: string; readonly of: Keys };
  /** Of a string that names something (a query): the names there are. Later OS versions have more. */
  readonly names?: Keys;
  /** Only where it differs from what the key stands in. */
  readonly os?: Support;
}

/** A command, a declaration, a document of declarative management, or a status item. */
export interface Facts {
  readonly os: Support;
  readonly keys: Keys;
}
