import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { declarationReported } from '@lamplighter/contracts';
import { streamOf } from '@lamplighter/messaging';
import { waitFor } from '@lamplighter/testing';
import { jetstream } from '@nats-io/jetstream';
import { DdmBed } from './bed.ts';

describe('ddm.sync', () => {
  const bed = new DdmBed();
  beforeAll(async () => {
    await bed.start();
    await bed.enroll('DEVICE');
    await bed.enroll('LEFT', { status: 'left' });
  });
  afterAll(() => bed.stop());

  const sync: DdmBed['sync'] = (...of) => bed.sync(...of);
  const reports = () => bed.rows<{ report: object }>('SELECT report FROM ddm.status_report');

  it('gives the same token for the empty set in tokens and declaration-items', async () => {
    const tokens = await sync('tokens');
    const items = await sync('declaration-items');
    expect([tokens.status, items.status]).toEqual([200, 200]);
    const { SyncTokens } = JSON.parse(tokens.body!) as { SyncTokens: { DeclarationsToken: string } };
    expect(SyncTokens).toEqual({ DeclarationsToken: expect.any(String), Timestamp: '2026-11-20T02:00:00Z' });
    expect(JSON.parse(items.body!)).toEqual({
      Declarations: { Activations: [], Configurations: [], Assets: [], Management: [] },
      DeclarationsToken: SyncTokens.DeclarationsToken,
    });
  });

  it('knows no declaration, and no other endpoint', async () => {
    expect((await sync('declaration/configuration/some.id')).status).toBe(404);
    for (const endpoint of ['declaration/other/x', 'declaration/asset/', 'Tokens', '']) {
      expect((await sync(endpoint)).status).toBe(400);
    }
  });

  it('answers nobody but the enrolled device with its own certificate', async () => {
    const unrecognized = { status: 403, body: '{"code":"com.apple.unrecognized.device"}' };
    expect(await sync('tokens', { deviceId: 'NOBODY' })).toEqual(unrecognized);
    expect(await sync('tokens', { deviceId: 'LEFT' })).toEqual(unrecognized);
    expect(await sync('tokens', { tenant: 'other' })).toEqual(unrecognized);
    const other = await sync('status', { certificateHash: 'cd'.repeat(32), data: '{"StatusItems":{}}' });
    expect(other.status).toBe(403);
    expect(JSON.parse(other.body!)).toMatchObject({ code: 'device.wrong-certificate' });
    expect(await reports()).toEqual([]);
  });

  it('answers another server of the tenant for a device that is not enrolled here', async () => {
    const relayed = { deviceId: 'ELSEWHERE', certificateHash: undefined, source: 'their-server' };
    expect((await sync('tokens', relayed)).status).toBe(200);
    const nobody = sync('tokens', { deviceId: 'ELSEWHERE', certificateHash: undefined });
    await expect(nobody).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('lets a source speak for its own devices, and for no others of the tenant', async () => {
    await bed.enroll('NANOS', { source: 'nano' });
    const by = (source: string, deviceId: string, endpoint = 'tokens', data?: string) =>
      sync(endpoint, { deviceId, certificateHash: undefined, source, ...(data === undefined ? {} : { data }) });
    expect((await by('nano', 'NANOS')).status).toBe(200);
    const data = '{"StatusItems":{"forged":true}}';
    for (const [source, deviceId] of [
      ['nano', 'DEVICE'],
      ['micro', 'NANOS'],
    ] as const)
      for (const endpoint of ['tokens', 'declaration-items', 'declaration/configuration/x', 'status']) {
        const reply = await by(source, deviceId, endpoint, data);
        expect([reply.status, JSON.parse(reply.body!)]).toEqual([
          403,
          expect.objectContaining({ code: 'ddm.not-your-device' }),
        ]);
      }
    expect(await reports()).toEqual([]);
    expect(
      await bed.rows(`SELECT FROM ddm.device WHERE synced_at IS NOT NULL AND device_id IN ('DEVICE', 'NANOS')`),
    ).toEqual([]);
  });

  it('keeps a status report and publishes it', async () => {
    const report = { StatusItems: { device: { model: { family: 'Mac' } } }, Errors: [], FullReport: true, New: 1 };
    expect(await sync('status', { data: JSON.stringify(report) })).toEqual({ status: 200 });
    expect(await reports()).toEqual([{ report }]);
    const stream = await jetstream(bed.broker.nc).streams.get(streamOf(bed.nats.prefix, declarationReported));
    const stored = await waitFor('declaration.reported', () =>
      stream.getMessage({ last_by_subj: `${bed.nats.prefix}.event.default.declaration.reported.>` }).catch(() => null),
    );
    const { data } = stored.json<{ data: { deviceId: string; report: string }[] }>();
    expect(data.map((item) => [item.deviceId, JSON.parse(item.report) as unknown])).toEqual([['DEVICE', report]]);
  });

  it.each([
    ['nothing', undefined],
    ['text', 'hello'],
    ['no status items', '{"Errors":[]}'],
    ['a list', '[]'],
    ['NUL in a text', '{"StatusItems":{"a":"\\u0000"}}'],
    ['half a character', '{"StatusItems":{"a":"\\ud800"}}'],
    ['depth', `{"StatusItems":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`],
  ])('refuses a status report of %s with 400 and stores nothing', async (_what, data) => {
    const before = (await reports()).length;
    const receivedAt = '2026-11-20T03:00:00.000Z';
    const reply = await sync('status', { receivedAt, ...(data === undefined ? {} : { data }) });
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.body!)).toMatchObject({ code: 'ddm.invalid-report' });
    expect(await reports()).toHaveLength(before);
  });

  it('keeps a text that only looks like NUL', async () => {
    const data = '{"StatusItems":{"a":"\\\\u0000"}}';
    expect(await sync('status', { receivedAt: '2026-11-20T04:00:00.000Z', data })).toEqual({ status: 200 });
  });
});
