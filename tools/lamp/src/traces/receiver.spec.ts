import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { readSpans } from './read.ts';
import { spanFile, startReceiver, type TraceReceiver } from './receiver.ts';

const exported = (traceId: string): object => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'command-queue' } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId,
              spanId: '00f067aa0ba902b7',
              parentSpanId: '',
              name: 'exchange-command',
              startTimeUnixNano: '1790000000000500000',
              endTimeUnixNano: '1790000000002000000',
              attributes: [{ key: 'count', value: { intValue: 3 } }],
              status: { code: 2 },
              links: [{ traceId: 'f'.repeat(32), spanId: 'a'.repeat(16) }],
            },
          ],
        },
      ],
    },
  ],
});

describe('the trace receiver', () => {
  let dir: string;
  let receiver: TraceReceiver;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'lamp-traces-'));
    receiver = await startReceiver(dir);
  });
  afterEach(async () => {
    await receiver.stop();
    rmSync(dir, { recursive: true });
  });

  async function post(body: string | Buffer, headers: Record<string, string> = {}): Promise<number> {
    const all = { 'content-type': 'application/json', ...headers };
    return (await fetch(`${receiver.endpoint}/v1/traces`, { method: 'POST', body, headers: all })).status;
  }

  it('keeps what an exporter sends, plain or compressed', async () => {
    expect(await post(JSON.stringify(exported('a'.repeat(32))))).toBe(200);
    expect(await post(gzipSync(JSON.stringify(exported('b'.repeat(32)))), { 'content-encoding': 'gzip' })).toBe(200);
    expect(readSpans(dir)).toHaveLength(2);
    expect(readSpans(dir, 'aaaa')).toEqual([
      {
        traceId: 'a'.repeat(32),
        spanId: '00f067aa0ba902b7',
        service: 'command-queue',
        name: 'exchange-command',
        startMs: 1_790_000_000_000.5,
        endMs: 1_790_000_000_002,
        isError: true,
        attributes: { count: 3 },
        links: ['f'.repeat(32)],
      },
    ]);
  });

  it('refuses what is not an export, and keeps nothing of it', async () => {
    expect(await post('{"resourceSpans": 7}')).toBe(400);
    expect(await post('half', { 'content-encoding': 'gzip' })).toBe(400);
    expect(await post('x', { 'content-type': 'application/x-protobuf' })).toBe(415);
    expect(readSpans(dir)).toEqual([]);
  });

  it('passes over a line that a crash has cut short', async () => {
    await post(JSON.stringify(exported('a'.repeat(32))));
    appendFileSync(spanFile(dir), '{"traceId":"aaaa');
    expect(readSpans(dir)).toHaveLength(1);
  });
});
