import { Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { HandOverStore } from '../ports/hand-overs.ts';
import type { TargetKey } from '../ports/hand-overs.ts';
import { HandOverCommands } from '../steps/hand-over-commands.ts';

const TICK_MS = 500;

/** Keeps one round going for each MDM server beside this one: a slow one holds up its own devices alone. */
@Injectable()
export class HandOverClock extends Ticker {
  private readonly rounds = new Map<string, Promise<void>>();
  private ending = false;

  constructor(
    private readonly journal: Log,
    private readonly store: HandOverStore,
    private readonly step: HandOverCommands,
  ) {
    super({ everyMs: TICK_MS, log: journal });
  }

  override async beforeApplicationShutdown(): Promise<void> {
    this.ending = true;
    await super.beforeApplicationShutdown();
    await Promise.all(this.rounds.values());
  }

  protected override async tick(): Promise<void> {
    for (const target of await this.store.targets()) {
      const name = `${target.tenant}/${target.name}`;
      if (this.rounds.has(name) || this.ending) continue;
      this.rounds.set(
        name,
        this.untilNothingIsDue(target).finally(() => this.rounds.delete(name)),
      );
    }
  }

  private async untilNothingIsDue(target: TargetKey): Promise<void> {
    try {
      while (!this.ending && (await this.step.run(target)));
    } catch (err) {
      this.journal.error({ ...target, err }, 'commands could not be handed to another MDM server; it is tried again');
    }
  }
}
