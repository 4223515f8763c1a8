import { AppError, type Failure, type InputOf, type OutputOf, type RequestDefinition } from '@lamplighter/contracts';
import { Clock, Requester } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { AuditLog } from '../ports/audit.ts';
import type { Caller } from '../domain/caller.ts';

type Ok<D> = OutputOf<D> extends infer R ? (R extends { ok: infer T } ? T : never) : never;

/** Asks the service that owns the data, and notes in the audit who did what once it was done. */
@Injectable()
export class AskService {
  constructor(
    private readonly requester: Requester,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Throws the owner's own error. */
  async run<D extends RequestDefinition>(
    caller: Caller,
    definition: D,
    input: InputOf<D>,
    describe: (answer: Ok<D>) => { subject: string; detail: object },
  ): Promise<Ok<D>> {
    const answer = await this.look(definition, input);
    await this.audit.add({ caller, at: this.clock.now(), action: definition.name, ...describe(answer) });
    return answer;
  }

  /** Asks for something that changes nothing: the audit does not hear of it. Throws the owner's own error. */
  async look<D extends RequestDefinition>(definition: D, input: InputOf<D>): Promise<Ok<D>> {
    const reply = (await this.requester.request(definition, input, 30_000)) as { ok: Ok<D> } | z.infer<typeof Failure>;
    if ('error' in reply) throw new AppError(reply.error.code, reply.error.message, reply.error);
    return reply.ok;
  }
}
