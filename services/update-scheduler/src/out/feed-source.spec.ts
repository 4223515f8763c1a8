import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseConfig } from '@lamplighter/runtime';
import { config } from '../config.ts';
import { HttpFeedSource } from './feed-source.ts';

const source = (url?: string) => new HttpFeedSource(parseConfig('update-scheduler', config, { LAMP_GDMF_URL: url }));

describe('the feed source', () => {
  it('is off where no URL is set', async () => {
    expect(await source().fetch()).toBeUndefined();
  });

  it('reads a file', async () => {
    expect(await source(import.meta.filename).fetch()).toContain('reads a file');
  });

  it('reads a URL, and says what to do where it cannot', async () => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/feed' ? 200 : 404;
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await source(`${url}/feed`).fetch()).toBe('{}');
    await expect(source(`${url}/gone`).fetch()).rejects.toMatchObject({
      code: 'feed.unavailable',
      message: expect.stringContaining('404'),
    });
    server.closeAllConnections();
    server.close();
  });
});
