import type { DeadLetter } from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { noDeadLetter } from '../domain/dead-letter.ts';
import { AuditLog } from '../ports/audit.ts';
import type { Caller } from '../domain/caller.ts';
import { DeadLetters } from '../ports/dead-letters.ts';

/** Removes a dead letter for good; what it was and why stays in the audit. Throws AppError `dead-letter.not-found`. */
@Injectable()
export class DiscardDeadLetter {
  constructor(
    private readonly letters: DeadLetters,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async run(caller: Caller, sequence: number): Promise<DeadLetter> {
    const letter = await this.letters.find(caller.tenant, sequence);
    if (!letter) throw noDeadLetter(sequence);
    const { payload: _payload, ...known } = letter;
    const [action, subject] = ['dead-letter.discard', String(sequence)];
    // First: what is gone must have left its trace.
    await this.audit.add({ caller, at: this.clock.now(), action, subject, detail: known });
    await this.letters.discard(caller.tenant, sequence);
    return known;
  }
}
