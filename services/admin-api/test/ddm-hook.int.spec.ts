import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DdmSync, type DdmSyncReply, ddmSync, packSyncReplies } from '@lamplighter/contracts';
import { serveRequest } from '@lamplighter/messaging';
import { silentLog } from '@lamplighter/testing';
import { basic, type Bed, startBed, TOKENS } from './bed.ts';

describe('the DDM hook, as NanoMDM calls it', () => {
  const asked: DdmSync[] = [];
  let bed: Bed;
  let reply: DdmSyncReply = { status: 200, body: '{"SyncTokens":{}}' };

  beforeAll(async () => {
    bed = await startBed(() => true);
    // The contract of ddm; what it says to a source is told by its own specs.
    serveRequest({
      definition: ddmSync,
      service: 'ddm',
      broker: bed.broker,
      log: silentLog,
      handler: async (input) => {
        asked.push(...(input as DdmSync[]));
        return packSyncReplies([reply]);
      },
    });
    await bed.broker.nc.flush();
  });
  afterAll(() => bed?.stop());

  const headers = { 'X-Enrollment-ID': 'UDID-1', 'X-Enrollment-Type': 'Device', 'X-Enrollment-ParentID': '' };
  const authorization = basic('anybody', TOKENS.default);

  it('passes a question on in the name of the token, and the answer back', async () => {
    reply = { status: 200, body: '{"SyncTokens":{}}' };
    const answer = await bed.call('/v1/ddm/tokens', { headers, authorization });
    expect([answer.status, answer.text]).toEqual([200, '{"SyncTokens":{}}']);
    expect(answer.header('content-type')).toContain('application/json');
    expect(asked.at(-1)).toEqual({
      tenant: 'default',
      deviceId: 'UDID-1',
      source: 'first-token',
      endpoint: 'tokens',
      receivedAt: expect.any(String),
    });
    await bed.call('/v1/ddm/declaration/configuration/a%2Fb.%C3%BC', {
      headers,
      authorization: basic('x', TOKENS.other),
    });
    expect(asked.at(-1)).toMatchObject({ tenant: 'other', endpoint: 'declaration/configuration/a/b.ü' });
  });

  it('passes a status report on as it is, whatever its content type', async () => {
    reply = { status: 200 };
    const body = '{ "StatusItems": {"n": 12345678901234567890} }';
    for (const type of ['application/json', 'application/octet-stream', 'text/plain']) {
      const answer = await bed.call('/v1/ddm/status', {
        method: 'PUT',
        body,
        headers: { ...headers, 'content-type': type },
        authorization,
      });
      expect([answer.status, answer.text]).toEqual([200, '']);
      expect(asked.at(-1)).toMatchObject({ endpoint: 'status', data: body });
    }
  });

  it('makes a withheld declaration, an unknown endpoint, no id and no token an error', async () => {
    reply = { status: 404, body: '{"code":"ddm.unknown-declaration"}' };
    expect((await bed.call('/v1/ddm/declaration/asset/x', { headers, authorization })).status).toBe(404);
    const before = asked.length;
    expect((await bed.call('/v1/ddm/other', { headers, authorization })).status).toBe(404);
    expect((await bed.call('/v1/ddm/tokens', { authorization })).status).toBe(400);
    expect((await bed.call('/v1/ddm/tokens', { headers, authorization: undefined })).status).toBe(401);
    expect((await bed.call('/v1/ddm/tokens', { headers, authorization: basic('nanomdm', 'wrong') })).status).toBe(401);
    expect(asked).toHaveLength(before);
  });
});
