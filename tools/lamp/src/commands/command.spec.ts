import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { repositoryRoot } from '../paths.ts';

const ID = '0001fa56-8b1a-4f5a-9a3e-5d6c7b8a9e01';
let server: Server;
let url: string;
let dir: string;
let asked: { what: string; key: string | undefined; body: unknown }[] = [];
let answers: Record<string, [status: number, body: object]> = {};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lamp-command-'));
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const what = `${request.method} ${request.url}`;
      const key = request.headers['idempotency-key'] as string | undefined;
      asked.push({ what, key, body: body === '' ? undefined : JSON.parse(body) });
      const [status, answer] = answers[what] ?? [404, { error: { code: 'x.not-found', message: what } }];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
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
  answers = {};
});

async function lamp(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const main = join(repositoryRoot, 'tools/lamp/src/main.ts');
  const env = { PATH: process.env['PATH'], LAMP_API_URL: url, LAMP_TOKEN: 'secret' };
  const child: ChildProcess = spawn(process.execPath, [main, 'command', ...args], { env });
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout!), text(child.stderr!), ended]);
  return { status, stdout, stderr };
}

const batch = (...results: object[]) => ({
  requestType: 'SecurityInfo',
  expiresAt: '2026-12-01T00:00:00Z',
  queued: 1,
  known: 0,
  refused: 0,
  failed: 0,
  results,
});

describe('lamp command', () => {
  it('sends to devices named and listed, on the terms given, and fails where one does not take it', async () => {
    const refusal = { reason: 'removed', detail: 'macOS 27 has no such command' };
    answers['POST /v1/command-batches'] = [
      200,
      batch(
        { deviceId: 'A', commandId: ID, outcome: 'queued' },
        { deviceId: 'B', commandId: ID, outcome: 'refused', refusal },
      ),
    ];
    writeFileSync(join(dir, 'ids'), 'B\n\nA\n');
    writeFileSync(join(dir, 'lock.json'), '{"RequestType":"DeviceLock","PIN":"1"}');
    const terms = [
      '--purpose',
      'theft',
      '--retries',
      '2',
      '--key',
      'k1',
      '--no-push',
      '--expires',
      '2026-12-01T00:00:00Z',
    ];
    const files = ['--devices', join(dir, 'ids'), '--file', join(dir, 'lock.json')];
    const { status, stdout } = await lamp('send', 'A', ...files, ...terms);
    expect(asked).toEqual([
      {
        what: 'POST /v1/command-batches',
        key: 'k1',
        body: {
          deviceIds: ['A', 'B'],
          command: { RequestType: 'DeviceLock', PIN: '1' },
          expiresAt: '2026-12-01T00:00:00.000Z',
          purpose: 'theft',
          retries: 2,
          push: false,
        },
      },
    ]);
    expect(stdout).toContain('1 command queued, 0 known already, 1 not taken.');
    expect(stdout).toContain('macOS 27 has no such command');
    expect(status).toBe(1);
  });

  it('sends a plist as it is, and gives JSON', async () => {
    const result = { deviceId: 'A', commandId: ID, outcome: 'queued' };
    answers['POST /v1/command-batches'] = [200, batch(result)];
    writeFileSync(join(dir, 'x.plist'), '<plist/>');
    const { status, stdout } = await lamp('send', 'A', '--file', join(dir, 'x.plist'), '--json');
    expect(asked[0]?.body).toEqual({ deviceIds: ['A'], plist: '<plist/>', push: true });
    expect(JSON.parse(stdout)).toEqual([result]);
    expect(status).toBe(0);
  });

  it('shows why commands wait', async () => {
    const item = {
      commandId: ID,
      requestType: 'DeviceLock',
      cause: 'api:x',
      lane: 'security',
      state: 'queued',
      createdAt: '2026-11-20T02:00:00Z',
      notBefore: null,
      expiresAt: '2026-12-01T00:00:00Z',
      pushCount: 1,
      sentAt: null,
      sentCount: 0,
      firstNotNowAt: null,
      notNowCount: 0,
      finishedAt: null,
      handedTo: null,
      detail: null,
      traceId: null,
      waiting: { reason: 'not-come', detail: 'the device was pushed and has not come', since: null, nextLookAt: null },
    };
    answers['GET /v1/devices/A%3A1/commands?limit=1000&state=pending'] = [200, { items: [item], next: null }];
    const { status, stdout, stderr } = await lamp('list', 'A:1', '--state', 'pending');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('the device was pushed and has not come');
  });

  it('takes back one command, or all', async () => {
    answers[`DELETE /v1/devices/A/commands/${ID}`] = [200, { commandId: ID, outcome: 'cancelled' }];
    answers['DELETE /v1/devices/A/commands'] = [200, { cleared: 2, inHand: 1 }];
    expect((await lamp('cancel', 'A', ID)).stdout).toBe(`Command ${ID} is taken back.\n`);
    expect((await lamp('clear', 'A')).stdout).toContain('2 commands taken back. 1 command stayed');
  });

  it.each([
    [['send', 'A'], 2],
    [['send', '--type', 'SecurityInfo'], 2],
    [['send', 'A', '--type', 'X', '--expires', 'soon'], 2],
    [['send', 'A', '--file', '/nowhere'], 1],
    [['cancel', 'A', ID], 1],
  ])('ends %j with %i and a remedy, sending nothing that is not whole', async (args, status) => {
    const done = await lamp(...args);
    expect(done.stderr).not.toBe('');
    expect(done.status).toBe(status);
  });

  it.each(['send', 'list', 'cancel', 'clear'])('documents %s', async (name) => {
    const { stdout } = await lamp(name, '--help');
    expect(stdout).toContain(`$ lamp command ${name}`);
    expect(stdout).toContain('Exit codes:');
  });
});
