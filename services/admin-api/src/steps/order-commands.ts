import { AppError, type CommandOrder, type CommandTicket, derivedUuid } from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type CommandBody, commandBodyOf, invalid, readCommandPlist } from '../domain/command-body.ts';
import { dictOf } from '../domain/json-plist.ts';
import type { Caller } from '../domain/caller.ts';
import { type Put, PutCommands } from './put-commands.ts';

export interface Ordered extends Put {
  requestType: string;
}

/** What an operator orders for devices; a repeat under the same key changes nothing. */
@Injectable()
export class OrderCommands {
  constructor(
    private readonly put: PutCommands,
    private readonly clock: Clock,
  ) {}

  /** @param key the caller's Idempotency-Key; without one, each call is another order */
  async run(
    caller: Caller,
    deviceIds: readonly string[],
    order: CommandOrder,
    key: string = randomUUID(),
  ): Promise<Ordered> {
    const { notBefore, expiresAt, purpose, retries, push } = order;
    const body = bodyOf(order);
    this.checkTerms(notBefore, expiresAt);
    const targets = [...new Set(deviceIds)].map((deviceId) => ({
      deviceId,
      commandId: derivedUuid('api-command', caller.tenant, key, deviceId),
    }));
    const terms = {
      ...(notBefore === undefined ? {} : { notBefore }),
      ...(purpose === undefined ? {} : { purpose }),
      ...(retries === undefined ? {} : { retries }),
      expiresAt,
    };
    return {
      requestType: body.requestType,
      ...(await this.put.run(caller, { body, targets, terms, push: push ? 'queue' : 'nobody' })),
    };
  }

  private checkTerms(notBefore: string | undefined, expiresAt: string | undefined): void {
    if (expiresAt === undefined) return;
    const end = new Date(expiresAt);
    if (end <= this.clock.now()) throw wrongTerm('expiresAt', `${expiresAt} is not in the future`);
    if (notBefore !== undefined && new Date(notBefore) >= end)
      throw wrongTerm('notBefore', `${notBefore} is not before expiresAt`);
  }
}

/** The one ticket of an order for one device. Throws AppError where its queue did not take the command. */
export function taken({ deviceId, outcome, refusal, commandId }: CommandTicket): {
  commandId: string;
  outcome: 'queued' | 'known';
} {
  if (outcome === 'queued' || outcome === 'known') return { commandId, outcome };
  const detail = refusal?.detail ?? 'its queue gave no reason';
  if (refusal?.reason === 'unrecognized')
    throw new AppError('device.not-found', `the command was refused: ${detail}`, {
      remedy: 'check the device id: commands are taken for devices that are enrolled here',
    });
  throw new AppError('command.refused', `the command was refused for ${deviceId}: ${detail}`, {
    remedy: 'send one that this device can take',
    fields: [{ path: refusal?.reason ?? 'command', message: detail }],
  });
}

function bodyOf({ command, plist }: CommandOrder): CommandBody {
  if ((command === undefined) === (plist === undefined)) throw invalid('give one of `command` and `plist`', 'command');
  if (command !== undefined) return commandBodyOf(dictOf(command, 'command'));
  const { requestType, command: fragment } = readCommandPlist(plist!);
  return { requestType, command: fragment };
}

function wrongTerm(path: string, message: string): AppError {
  return new AppError('command.invalid', `the command is not valid: ${path}: ${message}`, {
    fields: [{ path, message }],
    remedy: 'correct it; nothing was queued',
  });
}
