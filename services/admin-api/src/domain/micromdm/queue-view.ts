import { buildPlist } from '@lamplighter/apple';
import type { CommandItem } from '@lamplighter/contracts';

interface QueuedCommand {
  UUID: string;
  Payload: string;
  CreatedAt: string;
  LastSentAt: string;
  Acknowledged: string;
  TimesSent: number;
  LastStatus: string;
  FailureMessage: null;
}

export interface DeviceCommand {
  DeviceUDID: string;
  Commands: QueuedCommand[];
  Completed: QueuedCommand[];
  Failed: QueuedCommand[];
  NotNow: QueuedCommand[];
}

/** How Go writes a time that is not. */
const NEVER = '0001-01-01T00:00:00Z';

/** A device's queue in MicroMDM's shape. `Payload` names the request type alone: the rest of a command may be secret. */
export function queueViewOf(deviceId: string, items: readonly CommandItem[]): { device_command: DeviceCommand } {
  const those = (holds: (item: CommandItem) => boolean) => items.filter(holds).map(queuedCommand);
  return {
    device_command: {
      DeviceUDID: deviceId,
      Commands: those(({ state, finishedAt }) => finishedAt === null && state !== 'NotNow'),
      Completed: those(({ state }) => state === 'Acknowledged'),
      Failed: those(({ state, finishedAt }) => finishedAt !== null && state !== 'Acknowledged'),
      NotNow: those(({ state }) => state === 'NotNow'),
    },
  };
}

function queuedCommand(item: CommandItem): QueuedCommand {
  const payload = buildPlist({ Command: { RequestType: item.requestType }, CommandUUID: item.commandId });
  return {
    UUID: item.commandId,
    Payload: Buffer.from(payload).toString('base64'),
    CreatedAt: item.createdAt,
    LastSentAt: item.sentAt ?? NEVER,
    Acknowledged: item.state === 'Acknowledged' ? (item.finishedAt ?? NEVER) : NEVER,
    TimesSent: item.sentCount,
    LastStatus: item.finishedAt === null && item.state !== 'NotNow' ? '' : item.state,
    FailureMessage: null,
  };
}
