import { AppError, type DeadLetter, type DeadLetterFilter, type RedrivenMany } from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { AuditLog, type Caller, DeadLetters } from '../ports.ts';

type Filter = DeadLetterFilter & { upTo?: number | undefined };

/** Redrives or discards what was set aside, and notes who did. Throws AppError `dead-letter.not-found`. */
@Injectable()
export class EmptyDeadLetters {
  constructor(
    private readonly letters: DeadLetters,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** The oldest that match, up to 500 a call. */
  async redriveMany(caller: Caller, filter: Filter): Promise<RedrivenMany> {
    const done = await this.letters.redriveMany(caller.tenant, filter);
    if (done.redriven > 0) await this.note(caller, 'dead-letter.redrive', 'all', { ...filter, ...done });
    return done;
  }

  async redrive(caller: Caller, sequence: number): Promise<DeadLetter> {
    const letter = await this.letters.redrive(caller.tenant, sequence);
    if (!letter) throw missing(sequence);
    await this.note(caller, 'dead-letter.redrive', String(sequence), letter);
    return letter;
  }

  /** Noted before it is gone: what is removed leaves its trace in any case. */
  async discard(caller: Caller, sequence: number): Promise<DeadLetter> {
    const letter = await this.letters.find(caller.tenant, sequence);
    if (!letter) throw missing(sequence);
    const { payload: _, ...rest } = letter;
    await this.note(caller, 'dead-letter.discard', String(sequence), rest);
    await this.letters.discard(caller.tenant, sequence);
    return rest;
  }

  private note(caller: Caller, action: string, subject: string, detail: object): Promise<void> {
    return this.audit.add({ caller, at: this.clock.now(), action, subject, detail });
  }
}

function missing(sequence: number): AppError {
  return new AppError('dead-letter.not-found', `there is no dead letter ${sequence} in this tenant`, {
    remedy: 'it may have been redriven or discarded meanwhile; list those that are there',
  });
}
