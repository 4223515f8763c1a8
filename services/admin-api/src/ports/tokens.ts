import type { Token } from '@lamplighter/contracts';
import type { Caller } from '../domain/caller.ts';

export abstract class TokenStore {
  /** Undefined when no live token has this hash. */
  abstract find(tokenHash: string): Promise<Caller | undefined>;
  /** Makes the token known, with at least this caller's rights; a repeat changes nothing. */
  abstract ensure(tokenHash: string, caller: Caller, at: Date): Promise<void>;
  /** False, and nothing is made, where the tenant has a live token of that name. */
  abstract add(tokenHash: string, caller: Caller, at: Date): Promise<boolean>;
  /** Newest first; of all tenants where none is named. */
  abstract list(tenant: string | undefined): Promise<Token[]>;
  /** Undefined where there is no live one of that name, or only one with the right over the installation and `installation` is false. */
  abstract revoke(tenant: string, name: string, installation: boolean, at: Date): Promise<Token | undefined>;
}
