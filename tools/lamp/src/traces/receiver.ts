import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';

import { LogFile } from '../processes/log-file.ts';
import { spansOf } from './span.ts';

export interface TraceReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Spans are kept in at most two files of this size. */
const capBytes = 32 * 1024 * 1024;
const bodyLimit = 16 * 1024 * 1024;

/** The file that spans are appended to; the older half is `<file>.1`. */
export function spanFile(dir: string): string {
  return join(dir, 'traces', 'spans.jsonl');
}

/** Where no collector is configured: takes OTLP/HTTP in JSON on 127.0.0.1 and keeps the spans under `<dir>/traces`. */
export async function startReceiver(dir: string): Promise<TraceReceiver> {
  mkdirSync(join(dir, 'traces'), { recursive: true });
  const file = new LogFile(spanFile(dir), capBytes);
  const server = createServer((request, response) => {
    void store(request, file).then((status) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      file.close();
    },
  };
}

/** The HTTP status to answer with. Metrics and logs are taken and forgotten. */
async function store(request: IncomingMessage, file: LogFile): Promise<number> {
  if (request.method !== 'POST') return 405;
  if (!(request.headers['content-type'] ?? '').includes('json')) return 415;
  try {
    const body = await readBody(request);
    if (request.url !== '/v1/traces') return 200;
    const spans = spansOf(JSON.parse(body));
    if (spans.length > 0) file.write(spans.map((span) => `${JSON.stringify(span)}\n`).join(''));
    return 200;
  } catch {
    return 400;
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const stream = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new Error('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
