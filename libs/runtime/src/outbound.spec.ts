import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Outbound, type OutboundCall } from './outbound.ts';
import { Shutdown } from './shutdown.ts';

const shutdown = new Shutdown();
let server: Server;
let asked = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked += 1;
    if (request.url === '/silent') return;
    if (request.url === '/moved') response.writeHead(302, { location: '/elsewhere' });
    response.end(
      request.url === '/long' ? 'x'.repeat(1_000_000) : `${request.method} ${String(request.headers['x-key'])}`,
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterAll(async () => {
  await shutdown.run();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

const call = (path: string, more: Partial<OutboundCall> = {}): OutboundCall => ({
  method: 'POST',
  url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
  headers: { 'x-key': 'k' },
  timeoutMs: 5_000,
  mostBytes: 1_000,
  ...more,
});

describe('a request to an address that somebody gave', () => {
  const any = new Outbound('any', shutdown);
  const open = new Outbound('public', shutdown);

  it('gives status and body, reads no more than it was told, and follows no redirect', async () => {
    expect(await any.send(call('/', { body: 'b' }))).toEqual({ status: 200, body: 'POST k' });
    expect((await any.send(call('/long'))).body).toHaveLength(1_000);
    expect((await any.send(call('/moved'))).status).toBe(302);
  });

  it('ends where no answer comes, or nobody listens', async () => {
    await expect(any.send(call('/silent', { timeoutMs: 50 }))).rejects.toMatchObject({ name: 'TimeoutError' });
    await expect(any.send(call('/', { url: 'http://127.0.0.1:9' }))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each([
    'http://127.0.0.1:80/',
    'http://2130706433/',
    'http://10.1.2.3/',
    'http://169.254.169.254/latest/meta-data',
    'http://[::1]/',
    'http://[::ffff:192.168.0.1]/',
    'http://[fd00::1]/',
    'http://localhost/',
  ])('does not reach %s where only public addresses are allowed', async (url) => {
    await expect(open.send(call('/', { url }))).rejects.toMatchObject({ code: 'outbound.refused' });
  });

  it('reaches no server of the inner network by a name either', async () => {
    const before = asked;
    const { port } = server.address() as AddressInfo;
    await expect(open.send(call('/', { url: `http://localhost:${port}/` }))).rejects.toThrow(
      'localhost is an address of an inner',
    );
    expect(asked).toBe(before);
  });
});
