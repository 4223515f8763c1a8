import type { DeadLetter } from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { noDeadLetter } from '../domain/dead-letter.ts';
import { AuditLog } from '../ports/audit.ts';
import type { Caller } from '../domain/caller.ts';
import { DeadLetters } from '../ports/dead-letters.ts';

/** Gives a message back to the service that could not handle it. Throws AppError `dead-letter.not-found`. */
@Injectable()
export class RedriveDeadLetter {
  constructor(
    private readonly letters: DeadLetters,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async run(caller: Caller, sequence: number): Promise<DeadLetter> {
    const letter = await this.letters.redrive(caller.tenant, sequence);
    if (!letter) throw noDeadLetter(sequence);
    const [action, subject] = ['dead-letter.redrive', String(sequence)];
    await this.audit.add({ caller, at: this.clock.now(), action, subject, detail: letter });
    return letter;
  }
}
