import type { CommandOutcome, FinishedCommand } from '../src/domain/command.ts';
import type { Enrollment } from '../src/domain/enrollment.ts';
import type { PendingCommand } from '../src/ports/commands.ts';

export interface Row extends PendingCommand {
  command: string;
  slot: string | null;
  retries: number;
  retryWaitSeconds: number;
  errorCount: number;
  /** The Idle that began the connection that it was last handed over on. */
  sessionAt: Date | null;
  priority: number;
  createdAt: Date;
  dueAt: Date;
}

export interface EnrollmentRow extends Enrollment {
  pushAddress: Buffer | null;
  unlockToken: Buffer | null;
  tokenUpdatedAt: Date | null;
  goneAt: Date | null;
  certificateEndsAt?: Date;
  tokensUntil?: Date;
  awaitingConfiguration: boolean;
}

export const keyOf = (key: { tenant: string; deviceId: string }): string => `${key.tenant} ${key.deviceId}`;

/** What both stores hold: the simplest thing that could be right. */
export class FakeQueue {
  rows: Row[] = [];
  history: (FinishedCommand & { command: string })[] = [];
  enrollments = new Map<string, EnrollmentRow>();
  refused = new Map<string, Date>();

  finish(row: Row, outcome: CommandOutcome, now: Date): void {
    this.rows = this.rows.filter((other) => other !== row);
    this.history.push({ ...row, outcome, finishedAt: now });
  }
}
