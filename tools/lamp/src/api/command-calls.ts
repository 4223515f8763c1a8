import {
  CancelledCommand,
  ClearedQueue,
  CommandBatch,
  type CommandItem,
  type CommandOrderInput,
  CommandPage,
} from '@lamplighter/contracts';

import type { ApiClient } from './client.ts';

const commandsOf = (deviceId: string): string => `/v1/devices/${encodeURIComponent(deviceId)}/commands`;

/** Devices of one call of the admin API. */
export const BATCH_DEVICES = 10_000;

/** To at most BATCH_DEVICES devices. The same key again queues nothing twice. */
export const sendCommands = (
  api: ApiClient,
  deviceIds: readonly string[],
  order: CommandOrderInput,
  key: string | undefined,
): Promise<CommandBatch> =>
  api.call({
    method: 'POST',
    path: '/v1/command-batches',
    body: { deviceIds, ...order },
    headers: { 'idempotency-key': key },
    answer: CommandBatch,
  });

export const listCommands = (api: ApiClient, deviceId: string, state?: string): AsyncGenerator<CommandItem> =>
  api.items(commandsOf(deviceId), { state }, CommandPage);

export const cancelCommand = (api: ApiClient, deviceId: string, commandId: string): Promise<CancelledCommand> =>
  api.call({
    method: 'DELETE',
    path: `${commandsOf(deviceId)}/${encodeURIComponent(commandId)}`,
    answer: CancelledCommand,
  });

export const clearQueue = (api: ApiClient, deviceId: string): Promise<ClearedQueue> =>
  api.call({ method: 'DELETE', path: commandsOf(deviceId), answer: ClearedQueue });
