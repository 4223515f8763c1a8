import {
  commandAnswered,
  type Exchange,
  type ExchangeReply,
  message,
  sourceCertificateHash,
} from '@lamplighter/contracts';
import { CONFIG, Database, Publisher, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { type Config, dueTermsOf } from '../config.ts';
import {
  type Answered,
  answeredItem,
  answeredMessageId,
  answeredSize,
  commandIdOf,
  judgeFinished,
} from '../domain/answers.ts';
import { inBatches } from '../domain/batches.ts';
import type { AnsweredCommand, FinishedCommand } from '../domain/command.ts';
import { CommandStore } from '../ports/commands.ts';
import type { ExchangeRow } from '../ports/commands.ts';
import { StepTools } from './step-tools.ts';

interface Turn {
  exchange: Exchange;
  row: ExchangeRow;
  /** What was answered: pending until now, or finished before. */
  command: AnsweredCommand | FinishedCommand | null;
  confirmed: boolean;
}

const unavailable: ExchangeReply = { outcome: 'unavailable' };

/** One connection of each of some devices: the answer is committed and published before the device hears of its next command. */
@Injectable()
export class ExchangeCommand {
  constructor(
    private readonly db: Database,
    private readonly commands: CommandStore,
    private readonly publisher: Publisher,
    private readonly tools: StepTools,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Never throws: what could not be stored or published is `unavailable`, and the device keeps its answer. */
  async run(batch: readonly Exchange[]): Promise<ExchangeReply[]> {
    const startMs = Date.now();
    let turns: Turn[];
    try {
      turns = await this.store(batch);
    } catch (error) {
      this.tools.log.error(
        { err: error, count: batch.length },
        'device connections could not be served: the database failed',
      );
      return batch.map(() => unavailable);
    }
    await this.publish(turns);
    this.trace(turns, startMs);
    return turns.map(replyTo);
  }

  private async store(batch: readonly Exchange[]): Promise<Turn[]> {
    const now = this.tools.clock.now();
    const items = batch.map((exchange) => ({
      tenant: exchange.tenant,
      deviceId: exchange.deviceId,
      certificateHash: identityOf(exchange),
      commandId: commandIdOf(exchange.answer),
      status: exchange.answer?.status ?? null,
    }));
    const rows = await this.commands.exchange(this.db, items, now, dueTermsOf(this.config).answerGraceMs);
    const turns = batch.map((exchange, index): Turn => {
      const row = rows[index]!;
      return { exchange, row, command: row.answered, confirmed: true };
    });
    const strays = turns.filter(
      ({ exchange, row }) => exchange.answer && row.identity === 'ok' && row.answered === null,
    );
    if (strays.length > 0) await this.findStrays(strays);
    return turns;
  }

  /** Answers to nothing that is pending: repeats, late ones, and answers to commands that never were. */
  private async findStrays(strays: readonly Turn[]): Promise<void> {
    const keys = strays.flatMap(({ exchange: { tenant, deviceId, answer } }) => {
      const commandId = commandIdOf(answer);
      return commandId === null ? [] : [{ tenant, deviceId, commandId }];
    });
    await this.db.transaction(async (tx: Tx) => {
      const found = keys.length === 0 ? [] : await this.commands.findFinished(tx, keys);
      const byKey = new Map(found.map((command) => [keyOf(command), command]));
      const late: Parameters<CommandStore['recordLate']>[1][number][] = [];
      for (const turn of strays) {
        const { tenant, deviceId, answer } = turn.exchange;
        const command = byKey.get(keyOf({ tenant, deviceId, commandId: commandIdOf(answer) ?? '' }));
        turn.command = this.judge(turn.exchange, command);
        if (turn.command === null || command === undefined || command.outcome === answer!.status) continue;
        if (answer!.status !== 'NotNow') late.push({ ...command, reported: answer!.status });
      }
      if (late.length > 0) await this.commands.recordLate(tx, late);
    });
  }

  private judge(exchange: Exchange, command: FinishedCommand | undefined): FinishedCommand | null {
    const { deviceId, tenant } = exchange;
    const { commandId, status } = exchange.answer!;
    if (command !== undefined && judgeFinished(command.outcome, status) !== 'stranger') return command;
    // Another server's own commands: their answers are its own.
    if (exchange.source !== undefined && command === undefined) return null;
    const keys = { tenant, deviceId, commandId, status, outcome: command?.outcome };
    this.tools.log.warn(keys, 'an answer to a command that does not wait for one changes nothing');
    return null;
  }

  /** What the broker has not confirmed is marked, so that its device repeats it. */
  private async publish(turns: readonly Turn[]): Promise<void> {
    const answered = turns.filter((turn) => turn.command !== null);
    const at = this.tools.clock.now();
    const messages: Promise<void>[] = [];
    for (const [tenant, ofTenant] of Map.groupBy(answered, (turn) => turn.exchange.tenant)) {
      const items = ofTenant.map((turn) => ({ turn, item: answeredItem(turn.exchange, turn.command!) }));
      for (const part of inBatches(items, ({ item }) => answeredSize(item))) {
        messages.push(this.publishOne(tenant, at, part));
      }
    }
    await Promise.all(messages);
  }

  private async publishOne(tenant: string, at: Date, part: readonly { turn: Turn; item: Answered }[]): Promise<void> {
    const items = part.map(({ item }) => item);
    const id = answeredMessageId(tenant, items);
    try {
      await this.publisher.publish(commandAnswered, message(commandAnswered, { id, tenant, at }, items), id);
    } catch (error) {
      for (const { turn } of part) turn.confirmed = false;
      this.tools.log.error(
        { err: error, count: part.length },
        'answers were not confirmed by the broker: their devices will repeat them',
      );
    }
  }

  private trace(turns: readonly Turn[], startMs: number): void {
    const endMs = Date.now();
    for (const { row, command, exchange } of turns) {
      for (const [part, { traceparent, commandId }] of Object.entries({
        answered: command,
        handedOver: row.next,
      }).flatMap(([name, known]) => (known === null ? [] : [[name, known] as const]))) {
        if (traceparent === null) continue;
        const attributes = {
          'messaging.message.conversation_id': commandId,
          'lamp.part': part,
          ...(part === 'answered' ? { 'lamp.status': exchange.answer!.status } : {}),
        };
        this.tools.tracer.record('exchange-command', { traceparent, startMs, endMs, attributes });
      }
    }
  }
}

function keyOf(key: { tenant: string; deviceId: string; commandId: string }): string {
  return `${key.tenant} ${key.commandId} ${key.deviceId}`;
}

/** A source vouches for its devices under its own name only. */
function identityOf({ tenant, source, certificateHash }: Exchange): string {
  return source === undefined ? certificateHash : sourceCertificateHash(tenant, source);
}

function replyTo({ exchange, row, command, confirmed }: Turn): ExchangeReply {
  if (row.identity !== 'ok') return { outcome: row.identity };
  if (!confirmed) return unavailable;
  const answeredTraceparent = command?.traceparent ?? undefined;
  if (row.next === null) {
    const answered = exchange.source !== undefined && command !== null ? { answered: true as const } : {};
    return { outcome: 'empty', answeredTraceparent, ...answered };
  }
  const { commandId, requestType, command: body, traceparent } = row.next;
  return {
    outcome: 'command',
    commandId,
    requestType,
    command: body,
    traceparent: traceparent ?? undefined,
    answeredTraceparent,
  };
}
