import { AppError } from '@lamplighter/contracts';
import { Injectable } from '@nestjs/common';
import { commandIdOf, invalid, readCommandPlist } from '../domain/command-body.ts';
import { type ApiResult, apiResultOf } from '../domain/nanomdm.ts';
import type { Caller } from '../domain/caller.ts';
import { PushDevices } from './push-devices.ts';
import { type Put, PutCommands } from './put-commands.ts';

/** NanoMDM's enqueue: one command with one CommandUUID for all ids, then a push to those that took it. */
@Injectable()
export class EnqueueRawCommand {
  constructor(
    private readonly put: PutCommands,
    private readonly push: PushDevices,
  ) {}

  /** Throws AppError for a body that cannot be used; other failures are in the result. */
  async run(caller: Caller, ids: readonly string[], plist: Buffer, noPush: boolean): Promise<ApiResult> {
    const { commandUuid, ...body } = readCommandPlist(plist);
    if (commandUuid === undefined) throw invalid('the plist has no CommandUUID', 'CommandUUID');
    const commandId = commandIdOf(commandUuid);
    const named = { commandUuid: commandId, requestType: body.requestType, noPush };
    const targets = ids.map((deviceId) => ({ deviceId, commandId }));
    let put: Put;
    try {
      put = await this.put.run(caller, { body, targets, push: noPush ? 'nobody' : 'sender' });
    } catch (error) {
      return apiResultOf({ ...named, commandError: textOf(error) });
    }
    const taken = put.tickets.filter(({ refusal }) => refusal === undefined).map(({ deviceId }) => deviceId);
    if (noPush || taken.length === 0) return apiResultOf({ ...named, tickets: put.tickets });
    try {
      const pushes = await this.push.push(caller, taken, put.expiresAt);
      return apiResultOf({ ...named, tickets: put.tickets, pushes });
    } catch (error) {
      return apiResultOf({ ...named, tickets: put.tickets, pushError: textOf(error) });
    }
  }
}

/** Rethrows what is not meant to be read. */
function textOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  throw error;
}
