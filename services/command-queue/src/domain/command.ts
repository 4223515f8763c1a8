import type { AnswerStatus } from '@lamplighter/contracts';

/** A command that still waits for its device. Stored as 0, 1, 2. */
export type PendingState = 'queued' | 'sent' | 'NotNow';

/** How a command ended. The first three are the device's own words. */
export type CommandOutcome =
  | 'Acknowledged'
  | 'Error'
  | 'CommandFormatError'
  /** Its time was up and no device had it in hand. */
  | 'expired'
  /** Handed over, and no answer came within the grace after its time. */
  | 'unanswered'
  /** The enrollment that it was meant for ended. */
  | 'voided'
  /** Taken back by its sender. */
  | 'revoked'
  /** Taken back by a person. */
  | 'cancelled'
  /** A newer command of its slot took its place. */
  | 'superseded'
  /** The server that its device is enrolled with did not take it. */
  | 'refused';

export type CommandEvent =
  | AnswerStatus
  /** An Error with a retry left. */
  | 'failed-for-now'
  | 'handed-over'
  | 'time-up'
  | 'enrollment-ended'
  | 'revoked'
  | 'cancelled'
  | 'overtaken'
  /** The other server that it was being handed to said so. */
  | 'refused'
  /** The other server cannot have got it. */
  | 'not-reached';

export const storedStates: readonly PendingState[] = ['queued', 'sent', 'NotNow'];

/** Outcomes of commands whose device never said how it went: a late answer still counts. */
export const openOutcomes: readonly CommandOutcome[] = ['expired', 'unanswered'];

const answered = {
  Acknowledged: 'Acknowledged',
  Error: 'Error',
  CommandFormatError: 'CommandFormatError',
  NotNow: 'NotNow',
} as const;

/** What may happen to a command that no device has in hand. */
const undelivered = {
  'time-up': 'expired',
  revoked: 'revoked',
  cancelled: 'cancelled',
  overtaken: 'superseded',
} as const;

/**
 * The life of a command. What is absent cannot happen to a command in that state. `sent` stays when it is revoked, cancelled
 * or overtaken: the device has it in hand, so its answer must still be heard. A device of another server has it in hand as soon
 * as an attempt to hand it to that server began, and keeps it when it says NotNow: its server offers it again.
 */
export const lifeCycle: Readonly<
  Record<PendingState, Readonly<Partial<Record<CommandEvent, PendingState | CommandOutcome>>>>
> = {
  queued: {
    ...answered,
    ...undelivered,
    'handed-over': 'sent',
    'enrollment-ended': 'voided',
  },
  sent: {
    ...answered,
    'failed-for-now': 'queued',
    'not-reached': 'queued',
    refused: 'refused',
    'handed-over': 'sent',
    'time-up': 'unanswered',
    'enrollment-ended': 'voided',
  },
  NotNow: {
    ...answered,
    ...undelivered,
    'failed-for-now': 'queued',
    'handed-over': 'sent',
    'enrollment-ended': 'voided',
  },
};

export function isPending(state: PendingState | CommandOutcome): state is PendingState {
  return storedStates.some((known) => known === state);
}

export interface CommandKey {
  tenant: string;
  deviceId: string;
  commandId: string;
}

export interface AnsweredCommand {
  commandId: string;
  requestType: string;
  cause: string;
  /** How often NotNow was said of it, this time included. */
  notNowCount: number;
  /** How often Error was said of it, this time included. */
  errorCount: number;
  /** It is put back for another try. */
  willRetry: boolean;
  traceparent: string | null;
}

export interface FinishedCommand extends CommandKey, Omit<AnsweredCommand, 'willRetry'> {
  outcome: CommandOutcome;
  finishedAt: Date;
}
