import { commandPlist } from '@lamplighter/apple';
import { Injectable } from '@nestjs/common';
import { boundedWords, type HandOverResult, type HttpAnswer, objectIn } from '../domain/hand-over.ts';
import { isInMicroQueue, readMicroReply } from '../domain/micromdm-reply.ts';
import { readNanoReply } from '../domain/nanomdm-reply.ts';
import { type HandOverCall, type HeldCommand, OtherServer } from '../ports.ts';

/** Far more than either server answers. */
const MOST_ANSWER_BYTES = 256 * 1024;
/** No connection was ever there. */
const NEVER_REACHED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL)/;

/** NanoMDM and MicroMDM, by the APIs that their own scripts use. */
@Injectable()
export class HttpOtherServer extends OtherServer {
  override async hand(call: HandOverCall, command: HeldCommand): Promise<HandOverResult> {
    const unfit = idFault(call, command);
    if (unfit !== undefined) return { kind: 'refused', detail: unfit };
    try {
      return await (call.kind === 'nanomdm' ? handToNano(call, command) : handToMicro(call, command));
    } catch (error) {
      return failureOf(error as Error, call.timeoutMs);
    }
  }

  override async wake(call: HandOverCall, deviceId: string): Promise<HandOverResult> {
    try {
      return await wakeThere(call, deviceId);
    } catch (error) {
      return failureOf(error as Error, call.timeoutMs);
    }
  }
}

/** Whatever it says of the push in its own shape, it is well. */
async function wakeThere(call: HandOverCall, deviceId: string): Promise<HandOverResult> {
  const path = call.kind === 'nanomdm' ? 'v1/push' : 'push';
  const answer = await send(call, 'GET', `${path}/${encodeURIComponent(deviceId)}`);
  const isWell = answer.status < 300 || (answer.status >= 500 && objectIn(answer.body) !== undefined);
  return isWell ? { kind: 'taken' } : failedBy(answer, call.kind);
}

async function handToNano(call: HandOverCall, command: HeldCommand): Promise<HandOverResult> {
  const { deviceId, isRepeat } = command;
  const answer = await send(call, 'PUT', `v1/enqueue/${encodeURIComponent(deviceId)}`, plistOf(command));
  return readNanoReply(answer, deviceId, isRepeat);
}

/** It takes any CommandUUID any number of times: before a repeat it is asked. */
async function handToMicro(call: HandOverCall, command: HeldCommand): Promise<HandOverResult> {
  const path = `v1/commands/${encodeURIComponent(command.deviceId)}`;
  if (command.isRepeat) {
    const known = isInMicroQueue(await send(call, 'GET', path), command.commandId);
    if (known === true) return { kind: 'taken' };
    if (known === undefined) {
      const error = 'MicroMDM does not tell whether it has the command already';
      return { kind: 'failed', error, mayHaveIt: true };
    }
  }
  return readMicroReply(await send(call, 'POST', path, plistOf(command)));
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

async function send(call: HandOverCall, method: string, path: string, body?: string): Promise<HttpAnswer> {
  const credentials = Buffer.from(`${call.kind}:${call.apiKey}`).toString('base64');
  const response = await fetch(`${call.url.replace(/\/+$/, '')}/${path}`, {
    method,
    headers: { authorization: `Basic ${credentials}`, 'user-agent': 'lamplighter' },
    // A redirect would take the key elsewhere.
    redirect: 'manual',
    signal: AbortSignal.timeout(call.timeoutMs),
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, body: await textOf(response) };
}

async function textOf(response: Response): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    parts.push(Buffer.from(part as Uint8Array));
    bytes += part.length;
    if (bytes > MOST_ANSWER_BYTES) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

function failedBy({ status, body }: HttpAnswer, server: string): HandOverResult {
  return { kind: 'failed', error: boundedWords(`${server} answered ${status} to a push: ${body}`), mayHaveIt: true };
}

function failureOf(error: Error, timeoutMs: number): HandOverResult {
  const cause = error.cause as { code?: string; message?: string } | undefined;
  const code = cause?.code ?? '';
  const what = error.name === 'TimeoutError' ? `no answer within ${timeoutMs} ms` : (cause?.message ?? error.message);
  return { kind: 'failed', error: boundedWords(what || code), mayHaveIt: !NEVER_REACHED.test(code) };
}
