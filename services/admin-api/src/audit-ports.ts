/** Ends what the audit log keeps. */
export abstract class AuditKeeper {
  /** Removes at most `limit` entries that are older; what another process removes now is left to it. Returns how many went. */
  abstract removeBefore(before: Date, limit: number): Promise<number>;
}
