import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createGunzip } from 'node:zlib';

const TIMEOUT_MS = 60_000;
const MOST_REDIRECTS = 3;

export interface Download {
  /** PEM: trusted in the place of the system's. */
  ca: Buffer | undefined;
  mostBytes: number;
  /** Of what is known already. */
  etag: string | undefined;
  lastModified: string | undefined;
  /** Ends it. */
  signal: AbortSignal;
}

export interface Downloaded {
  body: Buffer;
  etag: string | undefined;
  lastModified: string | undefined;
}

/**
 * A document by GET, whole; `unchanged` where the server says so. Throws on any other status than 200, on a body that breaks off
 * or is larger than allowed, and after a minute. Follows a few redirects, none from https to http.
 */
export async function download(url: string, options: Download): Promise<Downloaded | 'unchanged'> {
  const late = AbortSignal.timeout(TIMEOUT_MS);
  const signal = AbortSignal.any([late, options.signal]);
  let target = new URL(url);
  for (let hop = 0; ; hop += 1) {
    const response = await open(target, options, signal).catch((error: unknown) => {
      throw late.aborted ? new Error(`no answer within ${TIMEOUT_MS / 1000} seconds`, { cause: error }) : error;
    });
    const next = redirectOf(response, target);
    if (next === undefined) return read(response, options);
    response.resume();
    if (hop === MOST_REDIRECTS) throw new Error('too many redirects');
    target = next;
  }
}

function open(target: URL, options: Download, signal: AbortSignal): Promise<IncomingMessage> {
  const headers = {
    'user-agent': 'lamplighter',
    'accept-encoding': 'gzip',
    ...(options.etag === undefined ? {} : { 'if-none-match': options.etag }),
    ...(options.lastModified === undefined ? {} : { 'if-modified-since': options.lastModified }),
  };
  return new Promise((resolve, reject) => {
    const request =
      target.protocol === 'https:'
        ? httpsRequest(target, { headers, signal, agent: false, ...(options.ca ? { ca: options.ca } : {}) })
        : httpRequest(target, { headers, signal, agent: false });
    request.on('response', resolve).on('error', reject).end();
  });
}

function redirectOf({ statusCode = 0, headers }: IncomingMessage, from: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) return undefined;
  const to = new URL(headers.location, from);
  if (!/^https?:$/.test(to.protocol) || (from.protocol === 'https:' && to.protocol === 'http:')) {
    throw new Error(`it redirects to ${to.protocol}//, which is not followed`);
  }
  return to;
}

async function read(response: IncomingMessage, options: Download): Promise<Downloaded | 'unchanged'> {
  const { statusCode, headers } = response;
  const hadValidators = options.etag !== undefined || options.lastModified !== undefined;
  if (statusCode === 304 && hadValidators) {
    response.resume();
    return 'unchanged';
  }
  if (statusCode !== 200) {
    response.destroy();
    throw new Error(`HTTP ${statusCode}`);
  }
  const body = await whole(response, options.mostBytes);
  return { body, etag: headers.etag, lastModified: headers['last-modified'] };
}

async function whole(response: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const isZipped = response.headers['content-encoding'] === 'gzip';
  const unzip = createGunzip();
  // A pipe does not pass errors on.
  const stream = isZipped ? response.on('error', (error) => unzip.destroy(error)).pipe(unzip) : response;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw new Error(`it is larger than ${mostBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (bytes > mostBytes) throw error;
    throw new Error(`its body broke off after ${bytes} bytes (${(error as Error).message})`, { cause: error });
  } finally {
    response.destroy();
  }
  return Buffer.concat(chunks);
}
