import type { NewCommand } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import {
  type CommandKey,
  type CommandOutcome,
  type FinishedCommand,
  isPending,
  lifeCycle,
  openOutcomes,
} from '../src/domain/command.ts';
import type { DueDecision } from '../src/domain/due.ts';
import type { EndedCommand } from '../src/domain/ended.ts';
import type { DeviceTraits } from '../src/domain/fitness.ts';
import type {
  AddedCommand,
  Cancelled,
  CommandTerms,
  ExchangeItem,
  ExchangeRow,
  PendingCommand,
  SlotWinner,
  SupersededCommand,
} from '../src/ports/commands.ts';
import { CommandStore } from '../src/ports/commands.ts';
import { answeredOf, handOver, identityOf, nextOf } from './fake-hand-over.ts';
import { type FakeQueue, keyOf, type Row } from './fake-queue.ts';

const DAY_MS = 86_400_000;

export class FakeCommandStore extends CommandStore {
  constructor(private readonly queue: FakeQueue) {
    super();
  }

  override async enqueue(_tx: Tx, groups: readonly CommandTerms[], now: Date): Promise<AddedCommand[][]> {
    const before = [...this.queue.rows];
    return groups.map((group) =>
      group.commands
        .filter((command) => this.add(group, command, now))
        .map((command) => {
          const key = keyOf({ ...group, ...command });
          const isRival = (row: Row) => keyOf(row) === key && row.slot !== null && row.slot === group.slot;
          return before.some(isRival) ? { ...command, hasRival: true } : command;
        }),
    );
  }

  private add(group: CommandTerms, command: NewCommand, now: Date): boolean {
    const { tenant } = group;
    const status = this.queue.enrollments.get(keyOf({ tenant, ...command }))?.status ?? 'left';
    const refusedAt = this.queue.refused.get(`${tenant} ${group.cause}`);
    if (status === 'left' || (refusedAt && refusedAt >= group.sentForAt)) return false;
    if (this.isKnown({ tenant, ...command }, group.sentForAt)) return false;
    this.queue.rows.push({
      ...group,
      ...command,
      requestType: group.body.requestType,
      command: group.body.command,
      state: 'queued',
      createdAt: now,
      sentAt: null,
      sessionAt: null,
      notNowCount: 0,
      errorCount: 0,
      overtaken: false,
      comesBack: false,
      traceparent: command.traceparent ?? null,
      reachable: true,
    });
    return true;
  }

  private isKnown(key: CommandKey, sentForAt: Date): boolean {
    const since = sentForAt.getTime() - DAY_MS;
    const same = (other: CommandKey) => keyOf(other) === keyOf(key) && other.commandId === key.commandId;
    return (
      this.queue.rows.some(same) || this.queue.history.some((old) => same(old) && old.finishedAt.getTime() >= since)
    );
  }

  override async findKnown(_tx: Tx, keys: readonly CommandKey[], sentForAt: Date): Promise<CommandKey[]> {
    return keys.filter((key) => this.isKnown(key, sentForAt));
  }

  override async exchange(
    _tx: Tx,
    items: readonly ExchangeItem[],
    now: Date,
    answerGraceMs: number,
  ): Promise<ExchangeRow[]> {
    return items.map((item) => this.exchangeOne(item, now, answerGraceMs));
  }

  private exchangeOne(item: ExchangeItem, now: Date, answerGraceMs: number): ExchangeRow {
    const enrollment = this.queue.enrollments.get(keyOf(item));
    const isRelayed = enrollment !== undefined && enrollment.source !== null;
    const identity = identityOf(enrollment, item.certificateHash);
    if (identity !== 'ok') return { identity, answered: null, next: null };
    const own = this.queue.rows.filter((row) => keyOf(row) === keyOf(item));
    const answered = own.find((row) => row.commandId === item.commandId) ?? null;
    const session = item.status === null ? now : (answered?.sessionAt ?? undefined);
    const willRetry = answered !== null && this.answer(answered, item.status!, now, isRelayed);
    const next = isRelayed
      ? undefined
      : nextOf(own, item, { now, session, expiredBefore: now.getTime() - answerGraceMs });
    return {
      identity: 'ok',
      answered: answered && answeredOf(answered, willRetry),
      next: next === undefined ? null : handOver(next, now, session ?? now),
    };
  }

  /** Whether it waits for another try. */
  private answer(row: Row, status: NonNullable<ExchangeItem['status']>, now: Date, isRelayed: boolean): boolean {
    if (status === 'Error') {
      if (row.state === 'queued' && row.errorCount > 0) return true;
      row.errorCount += 1;
      const retryAt = new Date(now.getTime() + row.retryWaitSeconds * 1000);
      if (row.retries > 0 && !row.overtaken && retryAt < row.expiresAt) {
        Object.assign(row, { state: 'queued', notBefore: retryAt, dueAt: retryAt, retries: row.retries - 1 });
        row.retryWaitSeconds *= 2;
        return true;
      }
    }
    const then = lifeCycle[row.state][status]!;
    if (!isPending(then)) {
      this.queue.finish(row, then, now);
      return false;
    }
    if (isRelayed) {
      // In the hand of the device's own server, which offers it again.
      Object.assign(row, { state: 'sent', notNowCount: 1 });
      return false;
    }
    if (row.state !== 'NotNow') row.notNowCount += 1;
    row.state = then;
    if (row.overtaken) row.dueAt = now;
    return false;
  }

  override async supersede(_tx: Tx, winners: readonly SlotWinner[], now: Date): Promise<SupersededCommand[]> {
    return winners.flatMap((winner) => {
      const others = this.queue.rows.filter(
        (row) => keyOf(row) === keyOf(winner) && row.slot === winner.slot && row.commandId !== winner.commandId,
      );
      for (const row of others) row.overtaken ||= row.state === 'sent';
      const gone = others.filter((row) => row.state !== 'sent');
      for (const row of gone) this.queue.finish(row, 'superseded', now);
      return gone.map((row) => ({ ...row, newer: winner.commandId }));
    });
  }

  override async cancel(
    _tx: Tx,
    of: { tenant: string; deviceIds: readonly string[]; commandId?: string },
    now: Date,
  ): Promise<Cancelled> {
    const named = this.queue.rows.filter(
      (row) =>
        row.tenant === of.tenant &&
        of.deviceIds.includes(row.deviceId) &&
        (of.commandId === undefined || of.commandId === row.commandId),
    );
    const ended = named.filter((row) => lifeCycle[row.state].cancelled !== undefined);
    for (const row of ended) this.queue.finish(row, 'cancelled', now);
    return { ended, inHand: named.filter((row) => row.state === 'sent') };
  }

  override async recall(_tx: Tx, cause: string, commands: readonly CommandKey[], now: Date): Promise<EndedCommand[]> {
    const wanted = new Set(commands.map((one) => `${one.tenant} ${one.deviceId} ${one.commandId}`));
    const gone = this.queue.rows.filter(
      (row) =>
        row.cause === cause &&
        wanted.has(`${row.tenant} ${row.deviceId} ${row.commandId}`) &&
        lifeCycle[row.state].revoked !== undefined,
    );
    for (const row of gone) this.queue.finish(row, 'revoked', now);
    return gone;
  }

  override async findTraits(
    _tx: Tx,
    devices: readonly { tenant: string; deviceId: string }[],
  ): Promise<DeviceTraits[]> {
    return this.traitsOfEach(devices);
  }

  override async fleetTraits(_tx: Tx, tenant: string): Promise<DeviceTraits[]> {
    return this.traitsOfEach([...this.queue.enrollments.values()].filter((one) => one.tenant === tenant));
  }

  override async devicesOfTraits(
    _tx: Tx,
    devices: readonly { tenant: string; deviceId: string }[],
    traits: readonly DeviceTraits[],
  ) {
    const keys = traits.map(({ kind, osVersion }) => `${kind} ${osVersion}`);
    return this.traitsOfEach(devices).filter(({ kind, osVersion }) => keys.includes(`${kind} ${osVersion}`));
  }

  private traitsOfEach(devices: readonly { tenant: string; deviceId: string }[]) {
    return devices.flatMap(({ tenant, deviceId }) => {
      const found = this.queue.enrollments.get(keyOf({ tenant, deviceId }));
      if (found === undefined || found.status === 'left') return [];
      const { kind, facts } = found;
      const osVersion = facts['osVersion'] ?? null;
      const productName = facts['productName'] ?? null;
      return [{ tenant, deviceId, kind, platform: null, osVersion, isSupervised: null, productName }];
    });
  }

  override async findFinished(_tx: Tx, keys: readonly CommandKey[]): Promise<FinishedCommand[]> {
    return keys.flatMap((key) => {
      const found = this.queue.history.findLast((old) => keyOf(old) === keyOf(key) && old.commandId === key.commandId);
      return found === undefined ? [] : [{ ...found }];
    });
  }

  override async recordLate(_tx: Tx, late: readonly (FinishedCommand & { reported: CommandOutcome })[]): Promise<void> {
    for (const one of late) {
      const row = this.queue.history.findLast((old) => keyOf(old) === keyOf(one) && old.commandId === one.commandId);
      if (row && openOutcomes.includes(row.outcome)) {
        row.outcome = one.reported;
        if (one.reported === 'Error') row.errorCount += 1;
      }
    }
  }

  override async takeDue(_tx: Tx, now: Date, limit: number): Promise<PendingCommand[]> {
    return this.queue.rows
      .filter((row) => row.dueAt <= now)
      .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime())
      .slice(0, limit)
      .map((row) => ({
        ...row,
        comesBack: row.state === 'NotNow' && this.saidNotNowLast(row),
        reachable: this.queue.enrollments.get(keyOf(row))?.reachable ?? false,
      }));
  }

  private saidNotNowLast(of: Row): boolean {
    const own = this.queue.rows.filter((row) => keyOf(row) === keyOf(of) && row.state === 'NotNow');
    const last = Math.max(...own.map((row) => row.sentAt?.getTime() ?? -Infinity));
    const answers: CommandOutcome[] = ['Acknowledged', 'Error', 'CommandFormatError'];
    return !this.queue.history.some(
      (old) => keyOf(old) === keyOf(of) && answers.includes(old.outcome) && old.finishedAt.getTime() > last,
    );
  }

  override async settleDue(
    _tx: Tx,
    settled: readonly { command: PendingCommand; decision: DueDecision }[],
    now: Date,
  ): Promise<void> {
    for (const { command, decision } of settled) {
      const row = this.queue.rows.find(
        (each) => keyOf(each) === keyOf(command) && each.commandId === command.commandId,
      )!;
      if (decision.kind === 'finish') this.queue.finish(row, decision.outcome, now);
      else {
        row.dueAt = decision.dueAt;
        if (decision.kind === 'push') row.pushCount += 1;
      }
    }
  }

  override async voidQueues(_tx: Tx, tenant: string, deviceIds: readonly string[], now: Date): Promise<EndedCommand[]> {
    const gone = this.queue.rows.filter((row) => row.tenant === tenant && deviceIds.includes(row.deviceId));
    for (const row of gone) this.queue.finish(row, 'voided', now);
    return gone;
  }

  override async makeDue(_tx: Tx, tenant: string, deviceId: string, now: Date): Promise<void> {
    for (const row of this.queue.rows) {
      if (row.tenant !== tenant || row.deviceId !== deviceId || row.dueAt <= now) continue;
      if (row.notBefore === null || row.notBefore <= now) row.dueAt = now;
    }
  }

  override async refuseCause(_tx: Tx, tenant: string, cause: string, at: Date): Promise<void> {
    const key = `${tenant} ${cause}`;
    const known = this.queue.refused.get(key);
    if (known === undefined || known < at) this.queue.refused.set(key, at);
  }

  override async revoke(
    _tx: Tx,
    of: { tenant: string; cause: string },
    _after: CommandKey | null,
    limit: number,
    now: Date,
  ): Promise<CommandKey | null> {
    const gone = this.queue.rows
      .filter((row) => row.tenant === of.tenant && row.cause === of.cause && lifeCycle[row.state].revoked !== undefined)
      .toSorted((a, b) => (`${a.deviceId} ${a.commandId}` < `${b.deviceId} ${b.commandId}` ? -1 : 1))
      .slice(0, limit);
    for (const row of gone) this.queue.finish(row, 'revoked', now);
    return gone.at(-1) ?? null;
  }

  override async keepHistory(_tx: Tx, now: Date, days: number): Promise<void> {
    const cutoff = new Date(now.getTime() - days * DAY_MS).toISOString().slice(0, 10);
    this.queue.history = this.queue.history.filter((old) => old.finishedAt.toISOString().slice(0, 10) >= cutoff);
  }

  /** Each command has its body with it. */
  override async removeBodies(): Promise<null> {
    return null;
  }
}
