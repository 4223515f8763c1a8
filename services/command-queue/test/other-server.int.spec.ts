import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Shutdown } from '@lamplighter/runtime';
import { HttpOtherServer } from '../src/out/http-other-server.ts';
import type { HandOverCall, HeldCommand } from '../src/ports/hand-overs.ts';
import { commandId, settings } from './fixtures.ts';

/** MicroMDM, which takes each command as often as it comes, and dies after it took the second. */
let server: Server;
const taken: string[] = [];
const shutdown = new Shutdown();

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      taken.push(`${request.method} ${request.url}`);
      if (taken.length === 2) return void request.socket.resetAndDestroy();
      response.writeHead(201, { 'content-type': 'application/json' }).end('{"payload":{}}');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterAll(async () => {
  await shutdown.run();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

describe('a MicroMDM that dies after it took a command', () => {
  it('is not given it again before it was asked: a device would get it twice', async () => {
    const other = new HttpOtherServer({ ...settings, LAMP_OUTBOUND: 'any' }, shutdown);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const call: HandOverCall = { kind: 'micromdm', url, apiKey: 'k', timeoutMs: 5_000 };
    const held = (name: string) =>
      ({
        deviceId: 'D',
        commandId: commandId(name, 'D'),
        command: '<dict/>',
        isRepeat: false,
      }) as HeldCommand;
    expect(await other.hand(call, held('First'))).toEqual({ kind: 'taken' });
    expect(await other.hand(call, held('Second'))).toMatchObject({ kind: 'failed', mayHaveIt: true });
    expect(taken).toEqual(['POST /v1/commands/D', 'POST /v1/commands/D']);
  });
});
