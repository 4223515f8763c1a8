import type { Database } from '@lamplighter/runtime';
import { dueTermsOf } from '../../src/config.ts';
import { decideDue } from '../../src/domain/due.ts';
import type { CommandStore, CommandTerms, ExchangeItem } from '../../src/ports/commands.ts';
import type { EnrollmentStore } from '../../src/ports/enrollments.ts';
import { commandId, enrollment, settings, START } from '../fixtures.ts';

export const grace = dueTermsOf(settings).answerGraceMs;

export interface Stores {
  db: Database;
  commands: CommandStore;
  enrollments: EnrollmentStore;
}

/** Stores of either kind, and what their suite does with them. */
export class StoreBed implements Stores {
  declare db: Database;
  declare commands: CommandStore;
  declare enrollments: EnrollmentStore;

  /** On empty stores, with devices a and b. */
  async begin(stores: Stores): Promise<void> {
    Object.assign(this, stores);
    await this.db.transaction(async (tx) => {
      for (const id of ['a', 'b']) await this.enrollments.begin(tx, enrollment(id));
    });
  }

  /** How many of each group were new. */
  readonly enqueue = async (groups: CommandTerms[], at = START) =>
    (await this.db.transaction((tx) => this.commands.enqueue(tx, groups, at))).map((news) => news.length);

  readonly meet = (item: ExchangeItem, at = START) =>
    this.db.transaction(async (tx) => (await this.commands.exchange(tx, [item], at, grace))[0]!);

  readonly nextOf = async (item: ExchangeItem, at = START) => (await this.meet(item, at)).next?.requestType;

  readonly finished = async (what: string, deviceId: string, tenant = 'default') => {
    const keys = [{ tenant, deviceId, commandId: commandId(what, deviceId) }];
    return (await this.db.transaction((tx) => this.commands.findFinished(tx, keys)))[0];
  };

  /** What was decided of those that are due. */
  readonly lookAtDue = (at: Date) =>
    this.db.transaction(async (tx) => {
      const due = await this.commands.takeDue(tx, at, 1000);
      const settled = due.map((command) => ({ command, decision: decideDue(command, at, dueTermsOf(settings)) }));
      await this.commands.settleDue(tx, settled, at);
      return settled.map(({ command, decision }) => [command.requestType, decision.kind]);
    });
}
