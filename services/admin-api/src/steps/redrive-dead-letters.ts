import type { DeadLetterFilter, RedrivenMany } from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '../ports/audit.ts';
import type { Caller } from '../domain/caller.ts';
import { DeadLetters } from '../ports/dead-letters.ts';

/** Gives the oldest messages that match back to the services that could not handle them, up to 500 a call. */
@Injectable()
export class RedriveDeadLetters {
  constructor(
    private readonly letters: DeadLetters,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async run(caller: Caller, filter: DeadLetterFilter & { upTo?: number | undefined }): Promise<RedrivenMany> {
    const done = await this.letters.redriveMany(caller.tenant, filter);
    if (done.redriven === 0) return done;
    const [action, subject] = ['dead-letter.redrive', 'many'];
    await this.audit.add({ caller, at: this.clock.now(), action, subject, detail: { ...filter, ...done } });
    return done;
  }
}
