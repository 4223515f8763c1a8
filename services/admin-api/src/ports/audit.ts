import type { Caller } from '../domain/caller.ts';

/** Ends what the audit log keeps. */
export abstract class AuditKeeper {
  /** Removes at most `limit` entries that are older; what another process removes now is left to it. Returns how many went. */
  abstract removeBefore(before: Date, limit: number): Promise<number>;
}

export interface AuditEntry {
  caller: Caller;
  at: Date;
  action: string;
  subject: string;
  detail: object;
}

export abstract class AuditLog {
  abstract add(entry: AuditEntry): Promise<void>;
}
