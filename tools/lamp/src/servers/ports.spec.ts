import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { freePort } from './ports.ts';

describe('a free port', () => {
  it('is given once: what is to listen on the one before may be on its way', async () => {
    const ports: number[] = [];
    for (let n = 0; n < 500; n += 1) ports.push(await freePort());
    expect(new Set(ports).size).toBe(500);
  });

  it('is the one that was wished for, unless somebody listens there', async () => {
    const wished = await freePort();
    expect(await freePort(wished)).toBe(wished);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await freePort(port)).not.toBe(port);
    await new Promise((resolve) => server.close(resolve));
  });
});
