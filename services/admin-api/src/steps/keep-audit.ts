import { Clock, CONFIG, Log } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { AuditKeeper } from '../ports/audit.ts';
import type { Config } from '../config.ts';

const DAY_MS = 86_400_000;
/** Entries of one statement. */
const CHUNK = 1_000;

/** Removes entries of the audit log that were kept long enough. Any number of processes may. */
@Injectable()
export class KeepAudit {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly keeper: AuditKeeper,
    private readonly log: Log,
  ) {}

  /** One chunk. Returns whether there is more. */
  async run(): Promise<boolean> {
    const before = new Date(this.clock.now().getTime() - this.config.LAMP_AUDIT_DAYS * DAY_MS);
    const count = await this.keeper.removeBefore(before, CHUNK);
    if (count > 0) this.log.info({ count }, 'entries of the audit log were kept long enough, and are removed');
    return count === CHUNK;
  }
}
