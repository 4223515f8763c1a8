import { idBytesOf } from '@lamplighter/contracts';
import { uuidArray, uuidArrayOfBytes } from '@lamplighter/storage';
import { type CommandKey, storedStates } from '../domain/command.ts';
import type { EndedCommand } from '../domain/ended.ts';
import type { DeviceTraits } from '../domain/fitness.ts';
import type { AddedCommand, CommandTerms, ExchangeRow, SlotWinner } from '../ports/commands.ts';
import type { AddedRecord } from './sql/enqueue.ts';
import type { ExchangeRecord } from './sql/exchange.ts';
import type { TraitsRecord } from './sql/traits.ts';

export interface KeyRecord {
  tenant: string;
  device_id: string;
  command_id: string;
}
export interface EndedRecord extends KeyRecord {
  state: number;
  cause: string;
  not_now_count: number;
  traceparent: string | null;
  request_type: string;
}
export interface DueRecord extends EndedRecord {
  not_before: Date | null;
  expires_at: Date;
  sent_at: Date | null;
  push_count: number;
  no_push: boolean;
  overtaken: boolean;
  comes_back: boolean;
  reachable: boolean;
}

export function endedOf(row: EndedRecord): EndedCommand {
  return {
    tenant: row.tenant,
    deviceId: row.device_id,
    commandId: row.command_id,
    state: storedStates[row.state]!,
    cause: row.cause,
    notNowCount: row.not_now_count,
    traceparent: row.traceparent,
    requestType: row.request_type,
  };
}

export function keyColumns(keys: readonly CommandKey[]): unknown[] {
  return [keys.map((key) => key.tenant), keys.map((key) => key.deviceId), keys.map((key) => key.commandId)];
}

export function slotColumns(winners: readonly SlotWinner[]): unknown[] {
  const [tenants, devices, ids] = keyColumns(winners);
  return [tenants, devices, winners.map((winner) => winner.slot), ids];
}

export function deviceColumns(devices: readonly { tenant: string; deviceId: string }[]): unknown[] {
  return [devices.map((device) => device.tenant), devices.map((device) => device.deviceId)];
}

export function traitsOf(row: TraitsRecord): DeviceTraits {
  return {
    kind: row.kind as DeviceTraits['kind'],
    platform: row.platform,
    osVersion: row.os_version,
    isSupervised: row.is_supervised,
    productName: row.product_name,
  };
}

export function commandColumns(groups: readonly CommandTerms[]): unknown[] {
  const numbers: number[] = [];
  const devices: string[] = [];
  const traces: (string | null)[] = [];
  groups.forEach((group, index) => {
    for (const command of group.commands) {
      numbers.push(index + 1);
      devices.push(command.deviceId);
      traces.push(command.traceparent ?? null);
    }
  });
  // Beside longer arrays none is as good as one of nulls.
  return [numbers, devices, idArray(groups), traces.some((trace) => trace !== null) ? traces : null];
}

function idArray(groups: readonly CommandTerms[]): Buffer {
  const bytes = groups.map(({ commands }) => idBytesOf(commands));
  if (bytes.every((some) => some !== undefined)) return uuidArrayOfBytes(Buffer.concat(bytes));
  return uuidArray(groups.flatMap(({ commands }) => commands.map(({ commandId }) => commandId)));
}

export function termColumns(groups: readonly CommandTerms[]): unknown[] {
  return [
    groups.map((group) => group.body.bodyId),
    groups.map((group) => group.tenant),
    groups.map((group) => group.cause),
    groups.map((group) => group.priority),
    groups.map((group) => group.notBefore),
    groups.map((group) => group.expiresAt),
    groups.map((group) => group.dueAt),
    groups.map((group) => group.pushCount),
    groups.map((group) => group.sentForAt),
    groups.map((group) => group.noPush),
    groups.map((group) => group.purpose),
    groups.map((group) => group.slot),
    groups.map((group) => group.retries),
    groups.map((group) => (group.retries === 0 ? null : group.retryWaitSeconds)),
  ];
}

/**
 * The new commands of each group.
 * @param rows as of AddedRecord
 * @param total how many commands the groups have
 */
export function newOnes(
  groups: readonly CommandTerms[],
  rows: readonly AddedRecord[],
  total: number,
): (readonly AddedCommand[])[] {
  const added = addedOf(
    groups,
    rows.filter((row) => row.total !== null),
    total,
  );
  const rivals = new Set(rows.filter((row) => row.total === null).map((row) => `${row.grp} ${row.device_id}`));
  if (rivals.size === 0) return added;
  return added.map((commands, index) =>
    commands.map((command) =>
      rivals.has(`${index + 1} ${command.deviceId}`) ? { ...command, hasRival: true } : command,
    ),
  );
}

function addedOf(
  groups: readonly CommandTerms[],
  rows: readonly AddedRecord[],
  total: number,
): (readonly AddedCommand[])[] {
  if (Number(rows[0]!.total) === total && rows[0]!.device_id === null) return groups.map(({ commands }) => commands);
  const named = new Map(rows.map((row) => [`${row.tenant} ${row.command_id} ${row.device_id}`, row]));
  return groups.map(({ tenant, commands }) =>
    commands.flatMap((command) => {
      const key = `${tenant} ${command.commandId.toLowerCase()} ${command.deviceId}`;
      const source = named.get(key)?.source;
      // Taken out when found: a command that stands in two groups is new once.
      if (!named.delete(key)) return [];
      return [source == null ? command : { ...command, source }];
    }),
  );
}

export function toExchangeRow(row: ExchangeRecord): ExchangeRow {
  return {
    identity: row.identity,
    answered:
      row.answered_id === null
        ? null
        : {
            commandId: row.answered_id,
            requestType: row.answered_type,
            cause: row.cause,
            notNowCount: row.not_now_count,
            errorCount: row.error_count,
            willRetry: row.will_retry,
            traceparent: row.answered_traceparent,
          },
    next:
      row.next_id === null
        ? null
        : {
            commandId: row.next_id,
            requestType: row.next_type,
            command: row.command,
            traceparent: row.next_traceparent,
          },
  };
}
