import { connect } from 'node:net';
import { type Bed, startBed, TOKENS } from './bed.ts';

const LARGE = 12 * 1024 * 1024;

describe('the body of one who may not call', () => {
  let bed: Bed;
  beforeAll(async () => {
    bed = await startBed(() => true);
  });
  afterAll(() => bed?.stop());

  /** The whole answer to a request of which only the head is sent, until the service closes the connection. */
  function answerToHead(method: string, path: string, headers: readonly string[]): Promise<string> {
    const { hostname, port } = new URL(bed.url);
    const lines = [`${method} ${path} HTTP/1.1`, 'Host: lamplighter', ...headers, `Content-Length: ${LARGE}`, '', ''];
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.write(lines.join('\r\n')));
      socket.on('data', (bytes) => (answer += bytes.toString()));
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });
  }

  it.each([
    ['POST', '/v1/policies', 'Content-Type: application/json', /"code":"api.unauthenticated"/],
    ['PUT', '/v1/pushcert', 'Content-Type: application/x-www-form-urlencoded', /"error": "/],
  ])('is not waited for: %s %s', async (method, path, type, words) => {
    for (const token of [[], ['Authorization: Bearer not-a-token']]) {
      const answer = await answerToHead(method, path, [type, ...token]);
      expect(answer).toMatch(/^HTTP\/1.1 401 /);
      expect(answer).toMatch(words);
    }
  });

  it('is read where the caller is known', async () => {
    const answer = await bed.call('/v1/policies', {
      method: 'POST',
      body: '{"name": 1}',
      authorization: `Bearer ${TOKENS.default}`,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(400);
  });
});
