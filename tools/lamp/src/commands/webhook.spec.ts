import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { repositoryRoot } from '../paths.ts';

const AT = '2026-11-20T02:00:00Z';
const WEBHOOK = {
  name: 'tools',
  url: 'https://a/b',
  topics: ['mdm.Connect'],
  signed: true,
  enabled: true,
  createdAt: AT,
  updatedAt: AT,
  waiting: 2,
  failed: 1,
  dropped: 0,
  oldestWaitingAt: AT,
  lastError: 'the target answered 500',
};
let server: Server;
let url: string;
let dir: string;
let asked: [what: string, body: unknown][] = [];
let answers: object[] = [];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lamp-webhook-'));
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push([`${request.method} ${request.url}`, body === '' ? undefined : JSON.parse(body)]);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answers.shift() ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(dir, { recursive: true });
});
beforeEach(() => {
  asked = [];
  answers = [];
});

async function lamp(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const main = join(repositoryRoot, 'tools/lamp/src/main.ts');
  const env = { PATH: process.env['PATH'], LAMP_API_URL: url, LAMP_TOKEN: 'secret' };
  const child = spawn(process.execPath, [main, ...args], { env });
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, stdout, stderr };
}

describe('lamp webhook', () => {
  it('puts a webhook with the secret of a file, which is not shown', async () => {
    const file = join(dir, 'key');
    writeFileSync(file, 'the-key\n');
    answers = [WEBHOOK];
    const { status, stdout } = await lamp(
      'webhook',
      'put',
      'tools',
      'https://a/b',
      '--topics',
      'mdm.Connect',
      '--secret-file',
      file,
    );
    expect(status).toBe(0);
    expect(stdout).toContain('2, the oldest since 2026-11-20 02:00:00');
    expect(stdout).not.toContain('the-key');
    const body = { url: 'https://a/b', topics: ['mdm.Connect'], secret: 'the-key', enabled: true };
    expect(asked).toEqual([['PUT /v1/webhooks/tools', body]]);
  });

  it('keeps the secret unless told otherwise', async () => {
    answers = [WEBHOOK, WEBHOOK];
    await lamp('webhook', 'put', 'tools', 'https://a/b', '--disabled', '--json');
    await lamp('webhook', 'put', 'tools', 'https://a/b', '--unsigned', '--json');
    expect(asked.map(([, body]) => body)).toEqual([
      { url: 'https://a/b', enabled: false },
      { url: 'https://a/b', secret: null, enabled: true },
    ]);
  });

  it('retries all that was given up, or one event', async () => {
    answers = [{ retried: 3 }, { retried: 1 }];
    expect((await lamp('webhook', 'retry', 'tools')).stdout).toBe('3 events will be tried again now.\n');
    expect((await lamp('webhook', 'retry', 'tools', 'abc', '--json')).stdout).toBe('{"retried":1}\n');
    expect(asked.map(([what]) => what)).toEqual([
      'POST /v1/webhooks/tools/retry',
      'POST /v1/webhooks/tools/deliveries/abc/retry',
    ]);
  });

  it.each([
    ['webhook', 'put', 'tools', 'https://a', '--topics', 'mdm.Idle'],
    ['webhook', 'put', 'tools', 'https://a', '--secret-file', '/nowhere'],
    ['dead-letters', 'show', 'x'],
    ['dead-letters', 'redrive'],
    ['dead-letters', 'redrive', '1', '--all'],
    ['dead-letters', 'discard'],
  ])('ends with 2 and asks nothing on wrong usage: %s %s %s', async (...args) => {
    expect((await lamp(...args)).status).toBe(2);
    expect(asked).toEqual([]);
  });
});

describe('lamp dead-letters', () => {
  it('redrives all that match, call by call, and none that comes back meanwhile', async () => {
    answers = [
      { redriven: 500, upTo: 900, more: true },
      { redriven: 20, upTo: 900, more: false },
    ];
    const { stdout } = await lamp('dead-letters', 'redrive', '--service', 'ddm', '--json');
    expect(stdout).toBe('{"redriven":520}\n');
    expect(asked).toEqual([
      ['POST /v1/dead-letters/redrive', { service: 'ddm' }],
      ['POST /v1/dead-letters/redrive', { service: 'ddm', upTo: 900 }],
    ]);
  });
});
