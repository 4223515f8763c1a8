import type { CommandBody, NewCommand } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { AnsweredCommand, CommandKey, CommandOutcome, FinishedCommand } from '../domain/command.ts';
import type { DueCommand, DueDecision } from '../domain/due.ts';
import type { EndedCommand } from '../domain/ended.ts';
import type { DeviceTraits } from '../domain/fitness.ts';

/** Commands of one tenant with the same body and the same terms. */
export interface CommandTerms {
  tenant: string;
  /** When their sender staged them: what makes a repeat recognizable once the command is finished. */
  sentForAt: Date;
  cause: string;
  priority: number;
  notBefore: Date | null;
  expiresAt: Date;
  dueAt: Date;
  pushCount: number;
  /** The clock asks for no push either: its sender pushes, or waits for the device to come by itself. */
  noPush: boolean;
  purpose: string | null;
  /** Null: a newer command takes the place of none. */
  slot: string | null;
  retries: number;
  /** Before the first retry; doubles. */
  retryWaitSeconds: number;
  body: CommandBody;
  commands: readonly NewCommand[];
}

/** A command that is new in its queue. */
export interface AddedCommand extends NewCommand {
  /** The MDM server that its device is enrolled with, where that is another one: it wakes the device. */
  source?: string;
  /** Its device has another command of its slot, from before. */
  hasRival?: true;
}

export type BodyKey = { tenant: string; bodyId: string };

/** A command that takes the place of those of its slot that no device has in hand. */
export interface SlotWinner extends CommandKey {
  slot: string;
}

export interface SupersededCommand extends EndedCommand {
  /** The id of the command that took its place. */
  newer: string;
}

export interface Cancelled {
  ended: EndedCommand[];
  /** Those that stayed, since a device has them in hand. */
  inHand: CommandKey[];
}

export interface ExchangeItem {
  tenant: string;
  deviceId: string;
  certificateHash: string;
  /** Null on Idle; an answer whose id is no UUID has `commandId` null and a status. */
  commandId: string | null;
  status: 'Acknowledged' | 'Error' | 'CommandFormatError' | 'NotNow' | null;
}

export interface HandedOver {
  commandId: string;
  requestType: string;
  command: string;
  traceparent: string | null;
}

export interface ExchangeRow {
  identity: 'ok' | 'unrecognized' | 'wrong-certificate';
  /** The pending command that was answered; null on Idle and where none of that id is pending. */
  answered: AnsweredCommand | null;
  next: HandedOver | null;
}

/** A pending command that the clock found due; locked until the transaction ends. */
export interface PendingCommand extends EndedCommand, DueCommand {
  /** Whether a push could reach the device now. */
  reachable: boolean;
}

export abstract class CommandStore {
  /**
   * Queues commands of devices that are enrolled (or on the way to it); bodies are stored once. Changes nothing for a command that is
   * pending, finished since a day before `sentForAt`, or whose cause was revoked after it. Of two that bring slots to a tenant one waits.
   * @returns the new commands of each group, in the order of the groups; an empty list where none is new
   */
  abstract enqueue(tx: Tx, groups: readonly CommandTerms[], now: Date): Promise<(readonly AddedCommand[])[]>;

  /**
   * One connection of each device (a device at most once): who it is, what it answered, what it gets next. A strange or
   * wrong certificate changes nothing. A command is handed over only while `now` is before its expiry; one that was
   * answered NotNow on this connection not on it again; never the one that was just answered; no ScheduleOSUpdate while
   * the device has another in hand, up to `answerGraceMs` after that one's expiry. An Error to a command with retries left
   * puts it back for later. A repeated NotNow or Error is not counted again.
   * @returns rows in the order of the items
   */
  abstract exchange(tx: Tx, items: readonly ExchangeItem[], now: Date, answerGraceMs: number): Promise<ExchangeRow[]>;

  /**
   * Ends as `superseded` what no device has in hand of the winners' slots (one winner for a slot of a device); what one has is
   * marked, and ends once it comes back undone. Holds off other supersedes of these tenants until the transaction ends.
   */
  abstract supersede(tx: Tx, winners: readonly SlotWinner[], now: Date): Promise<SupersededCommand[]>;

  /** Ends as `cancelled` the pending commands of these devices that none has in hand; `commandId`: only those of this id. */
  abstract cancel(
    tx: Tx,
    of: { tenant: string; deviceIds: readonly string[]; commandId?: string },
    now: Date,
  ): Promise<Cancelled>;

  /** Ends as `revoked` those of these, of one tenant, that are of this cause and in no device's hand; returns them. */
  abstract recall(tx: Tx, cause: string, commands: readonly CommandKey[], now: Date): Promise<EndedCommand[]>;

  /** The different kinds of devices among these, as far as it matters to what they take; unenrolled ones are left out. */
  abstract findTraits(tx: Tx, devices: readonly { tenant: string; deviceId: string }[]): Promise<DeviceTraits[]>;

  /** The same for all devices of a tenant, without user channels. Reads the whole fleet. */
  abstract fleetTraits(tx: Tx, tenant: string): Promise<DeviceTraits[]>;

  /** Those of these devices that are of one of these kinds, each with its own, in no order. */
  abstract devicesOfTraits(
    tx: Tx,
    devices: readonly { tenant: string; deviceId: string }[],
    traits: readonly DeviceTraits[],
  ): Promise<(DeviceTraits & { tenant: string; deviceId: string })[]>;

  /** Those of these commands that are pending, or finished since a day before `sentForAt`. */
  abstract findKnown(tx: Tx, keys: readonly CommandKey[], sentForAt: Date): Promise<CommandKey[]>;

  /** The finished commands of these keys; keys that never were, or are gone from history, are absent. */
  abstract findFinished(tx: Tx, keys: readonly CommandKey[]): Promise<FinishedCommand[]>;

  /** Gives finished commands the outcome that their device reported late. Only `expired` and `unanswered` ones change. */
  abstract recordLate(tx: Tx, late: readonly (FinishedCommand & { reported: CommandOutcome })[]): Promise<void>;

  /** The longest due commands, locked; those that others hold are skipped. Empty when nothing is due. */
  abstract takeDue(tx: Tx, now: Date, limit: number): Promise<PendingCommand[]>;

  /** Finishes or puts off commands that `takeDue` locked in this transaction. */
  abstract settleDue(
    tx: Tx,
    settled: readonly { command: PendingCommand; decision: DueDecision }[],
    now: Date,
  ): Promise<void>;

  /** Ends every pending command of these devices as `voided`; returns them, in no order. */
  abstract voidQueues(tx: Tx, tenant: string, deviceIds: readonly string[], now: Date): Promise<EndedCommand[]>;

  /** The clock looks at the device's commands at once, where their start has come. */
  abstract makeDue(tx: Tx, tenant: string, deviceId: string, now: Date): Promise<void>;

  /** From here on commands of this cause that were sent for up to `at` are refused, by transactions under way too. */
  abstract refuseCause(tx: Tx, tenant: string, cause: string, at: Date): Promise<void>;

  /** Ends pending commands of this cause that no device has in hand, in key order after `after`; the last key, null when none was left. */
  abstract revoke(
    tx: Tx,
    cause: { tenant: string; cause: string },
    after: CommandKey | null,
    limit: number,
    now: Date,
  ): Promise<CommandKey | null>;

  /** Makes the history partitions of the day of `now` and the next; drops those that ended `days` or more before. Repeats change nothing. */
  abstract keepHistory(tx: Tx, now: Date, days: number): Promise<void>;

  /**
   * Removes bodies that no enqueue used since that day and no command, pending or finished, refers to: looks at those in key
   * order after `after`, at most `limit`. Waits for nobody; what somebody holds stays.
   * @returns the last key; null when none was left
   */
  abstract removeBodies(tx: Tx, unusedSince: Date, after: BodyKey | null, limit: number): Promise<BodyKey | null>;
}
