import { Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { KeepAudit } from '../steps/keep-audit.ts';

const EVERY_MS = 600_000;

@Injectable()
export class KeepAuditClock extends Ticker {
  constructor(
    log: Log,
    private readonly step: KeepAudit,
  ) {
    super({ everyMs: EVERY_MS, log });
  }

  protected override tick(): Promise<boolean> {
    return this.step.run();
  }
}
