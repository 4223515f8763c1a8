import {
  cloudEventSource,
  type declarationAssign,
  type declarationWithdraw,
  type EnqueueGroup,
  type ItemOf,
  unpackGroups,
  type UpdateState,
} from '@lamplighter/contracts';
import { NightSteps } from './steps.ts';

export interface EnqueuedCommand {
  deviceId: string;
  commandId: string;
  requestType: string;
  body: string;
  cause: string;
  notBefore?: string;
  expiresAt: string;
  traceparent?: string;
}

/** What became of a night: its rows, and what was staged for others. */
export class NightStory extends NightSteps {
  occurrences() {
    return this.db.query<{
      occurrenceId: string;
      rolloutId: string;
      state: string;
      zone: string;
      planned: number;
      carriedOver: number | null;
      notEligible: number;
      alreadyInstalled: number;
    }>({
      text: `SELECT occurrence_id AS "occurrenceId", rollout_id AS "rolloutId", state, zone, planned, carried_over AS "carriedOver",
                    not_eligible AS "notEligible", already_installed AS "alreadyInstalled" FROM update_scheduler.occurrence ORDER BY opens_at, zone`,
    });
  }

  async states(): Promise<Record<string, string>> {
    const rows = await this.db.query<{ device_id: string; state: string; reason: string | null }>({
      text: `SELECT device_id, state, reason FROM update_scheduler.device_update ORDER BY device_id`,
    });
    return Object.fromEntries(
      rows.map((row) => [row.device_id, row.reason === null ? row.state : `${row.state}: ${row.reason}`]),
    );
  }

  async targets(): Promise<Record<string, string>> {
    const rows = await this.db.query<{ id: string; target: string }>({
      text: `SELECT device_id AS id, target_version AS target FROM update_scheduler.device_update`,
    });
    return Object.fromEntries(rows.map(({ id, target }) => [id, target]));
  }

  async row(deviceId: string): Promise<{
    state: UpdateState;
    step: string;
    commandId: string | null;
    commandedAt: Date | null;
    installSeq: number;
    reason: string | null;
  }> {
    const [row] = await this.db.query<Awaited<ReturnType<NightStory['row']>>>(
      {
        text: `SELECT state, step, command_id AS "commandId", commanded_at AS "commandedAt", install_seq AS "installSeq", reason FROM update_scheduler.device_update WHERE device_id = $1`,
      },
      [deviceId],
    );
    return row!;
  }

  /** Staged messages of this name, in order. */
  async staged<T>(name: string): Promise<{ id: string; items: T[] }[]> {
    const rows = await this.database.admin.query<{ payload: Buffer }>({
      text: `SELECT payload FROM update_scheduler.outbox ORDER BY outbox_id`,
    });
    return rows
      .map((row) => JSON.parse(row.payload.toString()) as { id: string; source: string; data: T[] })
      .filter((one) => one.source === cloudEventSource(name))
      .map(({ id, data }) => ({ id, items: data }));
  }

  /** Every command that was sent for, in order. */
  async commands(): Promise<EnqueuedCommand[]> {
    const sent = await this.staged<EnqueueGroup>('command.enqueue');
    const groups = sent.flatMap((one) => one.items.flatMap(unpackGroups));
    return groups.flatMap(({ bodies, commands, ...terms }) =>
      commands.map(({ bodyId, ...command }) => {
        const body = bodies.find((one) => one.bodyId === bodyId)!;
        return {
          cause: terms.cause,
          expiresAt: terms.expiresAt,
          ...(terms.notBefore ? { notBefore: terms.notBefore } : {}),
          ...command,
          requestType: body.requestType,
          body: body.command,
        };
      }),
    );
  }

  async lastCommand(deviceId: string): Promise<EnqueuedCommand> {
    return (await this.commands()).filter((one) => one.deviceId === deviceId).at(-1)!;
  }

  /** What was given to devices by declaration, in order. */
  async assigned(): Promise<ItemOf<typeof declarationAssign>[]> {
    return (await this.staged<ItemOf<typeof declarationAssign>>('declaration.assign')).flatMap((one) => one.items);
  }

  /** What was taken back, in order. */
  async withdrawn(): Promise<ItemOf<typeof declarationWithdraw>[]> {
    return (await this.staged<ItemOf<typeof declarationWithdraw>>('declaration.withdraw')).flatMap((one) => one.items);
  }
}
