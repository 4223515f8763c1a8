import { derivedUuid, message, pushRepeat, pushRequest } from '@lamplighter/contracts';
import { CONFIG, Database, Outbox, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { type Config, dueTermsOf } from '../config.ts';
import { deviceItemSize, inBatches } from '../domain/batches.ts';
import { decideDue, type DueDecision } from '../domain/due.ts';
import { endedItem } from '../domain/ended.ts';
import { onePerDevice, type PushRequest } from '../domain/push-requests.ts';
import { CommandStore } from '../ports/commands.ts';
import type { PendingCommand } from '../ports/commands.ts';
import { announceEnded } from './announce-ended.ts';
import { StepTools } from './step-tools.ts';

const LIMIT = 5_000;

interface Settled {
  command: PendingCommand;
  decision: DueDecision;
}

/** Ends commands whose time is up and asks for pushes for those that wait. */
@Injectable()
export class LookAtDue {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly commands: CommandStore,
    private readonly tools: StepTools,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** One batch, the longest due first. Returns whether there may be more. */
  async run(): Promise<boolean> {
    const startMs = Date.now();
    const now = this.tools.clock.now();
    const terms = dueTermsOf(this.config);
    const settled = await this.db.transaction(async (tx) => {
      const due = await this.commands.takeDue(tx, now, LIMIT);
      const decided = due.map((command) => ({ command, decision: decideDue(command, now, terms) }));
      await this.commands.settleDue(tx, decided, now);
      for (const [tenant, ofTenant] of Map.groupBy(decided, ({ command }) => command.tenant)) {
        await this.announce(tx, tenant, ofTenant, now);
      }
      return decided;
    });
    this.trace(settled, startMs);
    return settled.length === LIMIT;
  }

  private async announce(tx: Tx, tenant: string, settled: readonly Settled[], now: Date): Promise<void> {
    const ended = settled.flatMap(({ command, decision }) =>
      decision.kind === 'finish' ? [endedItem(command, now, { outcome: decision.outcome })] : [],
    );
    await announceEnded(this.outbox, tx, { tenant, at: now }, ended);
    const pushes = Map.groupBy(onePerDevice(settled.flatMap(pushOf)), laneOf);
    for (const [lane, ofLane] of pushes) {
      for (const items of inBatches(ofLane, deviceItemSize)) {
        const id = derivedUuid(lane.name, tenant, now.getTime(), ...items.map((item) => item.deviceId));
        await this.outbox.stage(tx, lane, message(lane, { id, tenant, at: now }, items), id);
      }
    }
  }

  private trace(settled: readonly Settled[], startMs: number): void {
    const endMs = Date.now();
    for (const { command, decision } of settled) {
      if (command.traceparent === null || decision.kind === 'wait') continue;
      const outcome = decision.kind === 'finish' ? decision.outcome : decision.reason;
      const attributes = { 'messaging.message.conversation_id': command.commandId, 'lamp.outcome': outcome };
      this.tools.tracer.record('look-at-due', { traceparent: command.traceparent, startMs, endMs, attributes });
    }
  }
}

/** Devices that did not come stand in a line of their own: however many they are, no first push waits behind them. */
function laneOf({ reason }: PushRequest): typeof pushRequest {
  return reason === 'repush' ? pushRepeat : pushRequest;
}

/** A device that cannot be reached gets no push, and its commands wait for their time or for its TokenUpdate. */
function pushOf({ command, decision }: Settled): PushRequest[] {
  if (decision.kind !== 'push' || !command.reachable) return [];
  const { deviceId, expiresAt, traceparent } = command;
  const { reason } = decision;
  return [{ deviceId, expiresAt: expiresAt.toISOString(), reason, traceparent: traceparent ?? undefined }];
}
