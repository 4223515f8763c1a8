import type { answerAnnounce, InputOf, OutputOf } from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { commandIdOf } from '../domain/answers.ts';
import { identify } from '../domain/enrollment.ts';
import { CommandStore } from '../ports/commands.ts';
import { EnrollmentStore } from '../ports/enrollments.ts';

const EPOCH = new Date(0);

/** Whether a large answer is one that was asked for, and by whom it says it is. */
@Injectable()
export class AnnounceAnswer {
  constructor(
    private readonly db: Database,
    private readonly commands: CommandStore,
    private readonly enrollments: EnrollmentStore,
  ) {}

  async run(announced: InputOf<typeof answerAnnounce>): Promise<OutputOf<typeof answerAnnounce>> {
    const { tenant, deviceId, certificateHash } = announced;
    return this.db.transaction(async (tx) => {
      const identity = identify(await this.enrollments.lock(tx, tenant, deviceId), certificateHash);
      if (identity !== 'ok') return { outcome: identity };
      const commandId = commandIdOf(announced);
      if (commandId === null) return { outcome: 'stray' };
      const known = await this.commands.findKnown(tx, [{ tenant, deviceId, commandId }], EPOCH);
      return { outcome: known.length === 1 ? 'awaited' : 'stray' };
    });
  }
}
