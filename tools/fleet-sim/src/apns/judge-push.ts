import type { IncomingHttpHeaders } from 'node:http2';

/** What APNs answers: status, and a reason for anything but 200. `timestamp` with 410 alone. */
export interface PushAnswer {
  readonly status: number;
  readonly reason?: string;
  readonly timestamp?: number;
}

export interface PushRequest {
  readonly token: string;
  readonly magic: string;
  /** Epoch milliseconds; 0 for one attempt. */
  readonly until: number;
}

const MAX_PAYLOAD = 4096;
const TOKEN = /^\/3\/device\/((?:[0-9a-f]{2}){1,100})$/i;

const refuse = (status: number, reason: string): PushAnswer => ({ status, reason });

/** The topic rules: `apns-topic` must be the UID of the client certificate's subject. */
export function judgeTopic(headers: IncomingHttpHeaders, certificateTopic: string): PushAnswer | undefined {
  const topic = headers['apns-topic'];
  if (topic === undefined) return refuse(400, 'MissingTopic');
  return topic === certificateTopic ? undefined : refuse(400, 'TopicDisallowed');
}

function magicOf(body: Buffer): string | undefined {
  try {
    const payload: unknown = JSON.parse(body.toString());
    if (typeof payload !== 'object' || payload === null) return undefined;
    const magic = (payload as { mdm?: unknown }).mdm;
    return typeof magic === 'string' && Object.keys(payload).length === 1 ? magic : undefined;
  } catch {
    return undefined;
  }
}

function judgePath(path: string | undefined): PushAnswer {
  return path === '/3/device/' ? refuse(400, 'MissingDeviceToken') : refuse(404, 'BadPath');
}

const PRIORITIES = [undefined, '1', '5', '10'];

const expirationOf = (headers: IncomingHttpHeaders): number => Number(headers['apns-expiration'] ?? 0);

function judgeHeaders(headers: IncomingHttpHeaders): PushAnswer | undefined {
  if (headers['apns-push-type'] !== 'mdm') return refuse(400, 'InvalidPushType');
  if (!PRIORITIES.includes(headers['apns-priority']?.toString())) return refuse(400, 'BadPriority');
  const expiration = expirationOf(headers);
  return Number.isInteger(expiration) && expiration >= 0 ? undefined : refuse(400, 'BadExpirationDate');
}

function readBody(body: Buffer): string | PushAnswer {
  if (body.length === 0) return refuse(400, 'PayloadEmpty');
  if (body.length > MAX_PAYLOAD) return refuse(413, 'PayloadTooLarge');
  return magicOf(body) ?? refuse(400, 'BadPayload');
}

/** Reads an MDM push. An answer instead of a request says what is wrong with it, in Apple's words where Apple has one. */
export function readPush(headers: IncomingHttpHeaders, body: Buffer): PushRequest | PushAnswer {
  if (headers[':method'] !== 'POST') return refuse(405, 'MethodNotAllowed');
  const token = TOKEN.exec(headers[':path'] ?? '')?.[1];
  if (token === undefined) return judgePath(headers[':path']);
  const refused = judgeHeaders(headers);
  if (refused) return refused;
  const magic = readBody(body);
  if (typeof magic !== 'string') return magic;
  return { token: token.toLowerCase(), magic, until: expirationOf(headers) * 1000 };
}

/** Shares of pushes (0 to 1) that get an answer out of turn. */
export interface FaultRates {
  readonly tooManyRequests: number;
  readonly unavailable: number;
  readonly internal: number;
}

export const NO_FAULTS: FaultRates = { tooManyRequests: 0, unavailable: 0, internal: 0 };

/** The fault that this push meets, if any. `draw` is a number from 0 up to 1. */
export function injectedFault(rates: FaultRates, draw: number): PushAnswer | undefined {
  if (draw < rates.tooManyRequests) return refuse(429, 'TooManyRequests');
  if (draw < rates.tooManyRequests + rates.unavailable) return refuse(503, 'ServiceUnavailable');
  if (draw < rates.tooManyRequests + rates.unavailable + rates.internal) return refuse(500, 'InternalServerError');
  return undefined;
}
