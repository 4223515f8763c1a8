import type { Tx } from '@lamplighter/runtime';
import type { Declaration } from '../domain/declaration.ts';
import type { ManifestMember } from '../domain/manifest.ts';

export interface PutDeclaration extends Declaration {
  /** By an operator, who alone removes it. */
  isKept: boolean;
  sentAt: Date;
}

export interface StoredDeclaration {
  identifier: string;
  serverToken: string;
  document: string;
  isKept: boolean;
  /** How often it was given another token without another content. */
  touched: number;
}

export interface NewSet {
  setId: string;
  /** Of an operator's set. */
  name: string | null;
  /** Of all others. */
  cause: string | null;
}

/** Declarations and the sets that hold them. All methods need the tenant's turn, except `find`. */
export abstract class DeclarationStore {
  abstract find(tx: Tx, tenant: string, identifiers: readonly string[]): Promise<StoredDeclaration[]>;

  /**
   * Writes those that are not older than what is stored; another content takes the place of the former.
   * @returns the identifiers whose ServerToken is new
   */
  abstract put(tx: Tx, tenant: string, declarations: readonly PutDeclaration[], now: Date): Promise<string[]>;

  /** Writes it with another ServerToken. */
  abstract touch(tx: Tx, tenant: string, declaration: Declaration & { touched: number }, now: Date): Promise<void>;

  /** False where there is none. */
  abstract remove(tx: Tx, tenant: string, identifier: string): Promise<boolean>;

  /** Sets that hold it, with their names, those with one first; `limit` of them where there are more. */
  abstract setsOf(
    tx: Tx,
    tenant: string,
    identifier: string,
    limit: number,
  ): Promise<{ setId: string; name: string | null }[]>;

  /** Makes a set with these members where there is none of its id; one that is there stays as it is. */
  abstract addSet(tx: Tx, tenant: string, set: NewSet, identifiers: readonly string[], now: Date): Promise<void>;

  /** Adds or takes out a member. False where that changed nothing. */
  abstract changeMember(
    tx: Tx,
    of: { tenant: string; setId: string; identifier: string },
    isMember: boolean,
  ): Promise<boolean>;

  /** Ids of those of these sets that there are. */
  abstract present(tx: Tx, tenant: string, setIds: readonly string[]): Promise<string[]>;

  /** What each of these sets holds. */
  abstract members(tx: Tx, tenant: string, setIds: readonly string[]): Promise<(ManifestMember & { setId: string })[]>;
}
