import { commandPlist } from '@lamplighter/apple';
import { CONFIG, Outbound, Shutdown } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { boundedWords, type HandOverResult, type HttpAnswer, objectIn } from '../domain/hand-over.ts';
import { isInMicroQueue, readMicroReply } from '../domain/micromdm-reply.ts';
import { readNanoReply } from '../domain/nanomdm-reply.ts';
import type { HandOverCall, HeldCommand } from '../ports/hand-overs.ts';
import { OtherServer } from '../ports/hand-overs.ts';

/** Far more than either server answers. */
const MOST_ANSWER_BYTES = 256 * 1024;
/** No connection was ever there. */
const NEVER_REACHED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|outbound\.refused|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL)/;

/** NanoMDM and MicroMDM, by the APIs that their own scripts use. */
@Injectable()
export class HttpOtherServer extends OtherServer {
  private readonly outbound: Outbound;

  constructor(@Inject(CONFIG) config: Config, shutdown: Shutdown) {
    super();
    this.outbound = new Outbound(config.LAMP_OUTBOUND, shutdown);
  }

  override async hand(call: HandOverCall, command: HeldCommand): Promise<HandOverResult> {
    const unfit = idFault(call, command);
    if (unfit !== undefined) return { kind: 'refused', detail: unfit };
    try {
      const send = this.sender(call);
      return await (call.kind === 'nanomdm' ? handToNano(send, command) : handToMicro(send, command));
    } catch (error) {
      return failureOf(error as Error, call.timeoutMs);
    }
  }

  override async wake(call: HandOverCall, deviceId: string): Promise<HandOverResult> {
    try {
      return await wakeThere(call.kind, this.sender(call), deviceId);
    } catch (error) {
      return failureOf(error as Error, call.timeoutMs);
    }
  }

  private sender({ kind, url, apiKey, timeoutMs }: HandOverCall): Send {
    const authorization = `Basic ${Buffer.from(`${kind}:${apiKey}`).toString('base64')}`;
    return (method, path, body, once) =>
      this.outbound.send({
        method,
        url: `${url.replace(/\/+$/, '')}/${path}`,
        headers: { authorization },
        timeoutMs,
        mostBytes: MOST_ANSWER_BYTES,
        ...(body === undefined ? {} : { body }),
        ...(once === undefined ? {} : { once }),
      });
  }
}

type Send = (method: string, path: string, body?: string, once?: true) => Promise<HttpAnswer>;

/** Whatever it says of the push in its own shape, it is well. */
async function wakeThere(kind: HandOverCall['kind'], send: Send, deviceId: string): Promise<HandOverResult> {
  const path = kind === 'nanomdm' ? 'v1/push' : 'push';
  const answer = await send('GET', `${path}/${encodeURIComponent(deviceId)}`);
  const isWell = answer.status < 300 || (answer.status >= 500 && objectIn(answer.body) !== undefined);
  return isWell ? { kind: 'taken' } : failedBy(answer, kind);
}

async function handToNano(send: Send, command: HeldCommand): Promise<HandOverResult> {
  const { deviceId, isRepeat } = command;
  const answer = await send('PUT', `v1/enqueue/${encodeURIComponent(deviceId)}`, plistOf(command));
  return readNanoReply(answer, deviceId, isRepeat);
}

/** It takes any CommandUUID any number of times: it is sent once, and before a repeat that server is asked. */
async function handToMicro(send: Send, command: HeldCommand): Promise<HandOverResult> {
  const path = `v1/commands/${encodeURIComponent(command.deviceId)}`;
  if (command.isRepeat) {
    const known = isInMicroQueue(await send('GET', path), command.commandId);
    if (known === true) return { kind: 'taken' };
    if (known === undefined) {
      const error = 'MicroMDM does not tell whether it has the command already';
      return { kind: 'failed', error, mayHaveIt: true };
    }
  }
  return readMicroReply(await send('POST', path, plistOf(command), true));
}

function plistOf({ commandId, command }: HeldCommand): string {
  return commandPlist(commandId, command);
}

/** Ids that the other server would read as something else. */
function idFault({ kind }: HandOverCall, { deviceId }: HeldCommand): string | undefined {
  if (kind === 'nanomdm' && deviceId.includes(',')) return 'NanoMDM reads an id with a comma as several';
  if (kind === 'micromdm' && deviceId.includes(':')) return 'MicroMDM has no commands for user channels';
  return undefined;
}

function failedBy({ status, body }: HttpAnswer, server: string): HandOverResult {
  return { kind: 'failed', error: boundedWords(`${server} answered ${status} to a push: ${body}`), mayHaveIt: true };
}

function failureOf(error: Error & { code?: string }, timeoutMs: number): HandOverResult {
  const code = error.code ?? '';
  const what = error.name === 'TimeoutError' ? `no answer within ${timeoutMs} ms` : error.message;
  return { kind: 'failed', error: boundedWords(what || code), mayHaveIt: !NEVER_REACHED.test(code) };
}
