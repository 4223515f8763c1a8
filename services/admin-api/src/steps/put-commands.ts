import {
  type CommandGroup,
  commandPut,
  type CommandTicket,
  derivedUuid,
  MAX_REQUEST_BYTES,
  splitBySize,
} from '@lamplighter/contracts';
import { Clock, CONFIG } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import type { CommandBody } from '../domain/command-body.ts';
import type { Caller } from '../domain/caller.ts';
import { AskService } from './ask-service.ts';
import { chunksOf, inChunks } from './in-chunks.ts';

const DAY_MS = 86_400_000;
const MOST_DEVICES = 1000;

type Target = Pick<CommandTicket, 'deviceId' | 'commandId'>;

export interface PutOrder {
  body: CommandBody;
  /** One for each device; each device once. */
  targets: readonly Target[];
  terms?: Pick<CommandGroup, 'notBefore' | 'purpose' | 'retries'> & { expiresAt?: string | undefined };
  /** Who wakes the devices. `sender`: the caller does at once; the queue does later where they do not come. */
  push: 'queue' | 'sender' | 'nobody';
}

export interface Put {
  expiresAt: string;
  /** In the order of the targets. */
  tickets: CommandTicket[];
}

/** Puts one command into the queues of many devices, committed when it returns. Nothing was queued where it throws. */
@Injectable()
export class PutCommands {
  constructor(
    private readonly ask: AskService,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async run(caller: Caller, { body, targets, terms = {}, push }: PutOrder): Promise<Put> {
    const now = this.clock.now();
    const { expiresAt = this.defaultExpiry(now, terms.notBefore) } = terms;
    const bodyId = derivedUuid('command-body', body.command);
    const group: Omit<CommandGroup, 'commands'> = {
      ...terms,
      cause: `api:${caller.name}`.slice(0, 200),
      expiresAt,
      bodies: [{ bodyId, ...body }],
    };
    const put = async (chunk: readonly Target[]) => {
      const commands = chunk.map((target) => ({ ...target, bodyId }));
      const input = {
        tenant: caller.tenant,
        sentAt: now.toISOString(),
        push: push !== 'nobody',
        ...(push === 'sender' ? { senderPushes: true as const } : {}),
        group: { ...group, commands },
      };
      const { results } = await this.ask.run(caller, commandPut, input, (done) => audited(body.requestType, done));
      return results;
    };
    return { expiresAt, tickets: await inChunks(chunked(targets, body), put, failedTicket) };
  }

  /** Counted from when it may be handed over. */
  private defaultExpiry(now: Date, notBefore: string | undefined): string {
    const start = Math.max(now.getTime(), notBefore === undefined ? 0 : Date.parse(notBefore));
    return new Date(start + this.config.LAMP_COMMAND_DAYS * DAY_MS).toISOString();
  }
}

function chunked(targets: readonly Target[], body: CommandBody): Target[][] {
  const room = MAX_REQUEST_BYTES - Buffer.byteLength(JSON.stringify(body));
  const bodyId = '00000000-0000-0000-0000-000000000000';
  const commands = targets.map((target) => ({ ...target, bodyId }));
  return splitBySize(commands, room)
    .flatMap((run) => chunksOf(run, MOST_DEVICES))
    .map((chunk) => chunk.map(({ deviceId, commandId }) => ({ deviceId, commandId })));
}

/** The command itself stays out of the audit: it may hold a PIN. */
function audited(requestType: string, { results }: { results: readonly CommandTicket[] }) {
  const [first] = results;
  const subject = results.length === 1 ? first!.deviceId : `${results.length} devices`;
  return { subject, detail: { requestType, results } };
}

function failedTicket(target: Target, { code, message }: { code: string; message: string }): CommandTicket {
  return { ...target, outcome: 'failed', refusal: { reason: code, detail: message } };
}
