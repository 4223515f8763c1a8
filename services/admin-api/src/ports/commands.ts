import type { CommandPage } from '@lamplighter/contracts';

export interface CommandQuery {
  state: 'pending' | 'finished' | 'all';
  /** Only what was queued before this one. */
  before: { createdAt: Date; commandId: string } | undefined;
  limit: number;
}

export abstract class CommandViews {
  /** A device's commands, newest first; each that waits with the reason. Undefined for a device that is not known. */
  abstract list(tenant: string, deviceId: string, query: CommandQuery, now: Date): Promise<CommandPage | undefined>;
}
