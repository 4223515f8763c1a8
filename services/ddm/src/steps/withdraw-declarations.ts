import type { declarationWithdraw, ItemOf, Message } from '@lamplighter/contracts';
import { Clock, Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { AssignmentStore } from '../ports/assignments.ts';
import { Turns } from '../ports/turns.ts';
import { ArrangeDevices } from './arrange-devices.ts';

/** Devices of one transaction: others wait no longer than that for their turn. */
const PAGE = 2_000;

/** Takes back what a cause gave; a page at a time where it gave it to a fleet. A repeat goes on where it ended. */
@Injectable()
export class WithdrawDeclarations {
  constructor(
    private readonly db: Database,
    private readonly turns: Turns,
    private readonly assignments: AssignmentStore,
    private readonly arrange: ArrangeDevices,
    private readonly clock: Clock,
  ) {}

  async run(messages: readonly Message<ItemOf<typeof declarationWithdraw>>[]): Promise<void> {
    for (const { tenant, occurredAt, items } of messages) {
      for (const { cause, devices, upTo } of items) {
        const of = { tenant, cause, at: new Date(upTo ?? occurredAt) };
        if (devices !== undefined) await this.page(of, devices);
        else while ((await this.page(of)) > 0);
      }
    }
  }

  private async page(of: { tenant: string; cause: string; at: Date }, devices?: readonly string[]): Promise<number> {
    const now = this.clock.now();
    return this.db.transaction(async (tx) => {
      await this.turns.take(tx, [of.tenant]);
      if (devices === undefined) await this.assignments.refuseCause(tx, of.tenant, of.cause, of.at);
      const deviceIds = await this.assignments.withdraw(tx, of, PAGE, devices);
      await this.arrange.run(tx, { tenant: of.tenant, deviceIds, tell: 'changed' }, now);
      return deviceIds.length;
    });
  }
}
