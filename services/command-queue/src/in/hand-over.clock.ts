import { Log, Rounds, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { HandOverStore } from '../ports/hand-overs.ts';
import { HandOverCommands } from '../steps/hand-over-commands.ts';

const TICK_MS = 500;

/** Keeps rounds going for each MDM server beside this one. */
@Injectable()
export class HandOverClock extends Ticker {
  private readonly rounds: Rounds;

  constructor(
    log: Log,
    private readonly store: HandOverStore,
    private readonly step: HandOverCommands,
  ) {
    super({ everyMs: TICK_MS, log });
    this.rounds = new Rounds(log, 'commands could not be handed to another MDM server; it is tried again');
  }

  override async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.rounds.end(), super.beforeApplicationShutdown()]);
  }

  protected override async tick(): Promise<void> {
    for (const target of await this.store.targets()) this.rounds.begin(target, () => this.step.run(target));
  }
}
