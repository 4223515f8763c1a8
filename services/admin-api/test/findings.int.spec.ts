import { type Bed, basic, startBed, TOKENS } from './bed.ts';

const STAGE = `
  INSERT INTO update_scheduler.watch (tenant, device_id, topic, kind, since, found_at, checked_at, cleared_at, evidence) VALUES
    ('default', 'MAC-1', 'contact', 'mdm-client-stuck', '2026-11-20T02:00Z', '2026-11-20T03:00Z', '2026-11-20T04:00Z', NULL,
     '{"lastContactAt": "2026-11-20T01:00:00+00:00", "pushes": 2, "zone": "Europe/Zurich", "peersCame": 10, "peersSilent": 1}'),
    ('default', 'MAC-1', 'update', 'update-stuck', '2026-11-19T02:00Z', '2026-11-19T06:00Z', '2026-11-19T07:00Z', '2026-11-19T08:00Z',
     '{"state": "downloading", "targetVersion": "26.1"}'),
    ('default', 'MAC-2', 'contact', 'silent-after-push', '2026-11-20T02:00Z', '2026-11-20T03:00Z', '2026-11-20T04:00Z', NULL, '{}'),
    ('other', 'MAC-3', 'contact', 'silent-after-push', '2026-11-20T02:00Z', '2026-11-20T03:00Z', '2026-11-20T04:00Z', NULL, '{}');
  INSERT INTO update_scheduler.watch_ladder (tenant, device_id, pushed_at, alerted_at) VALUES
    ('default', 'MAC-1', '2026-11-20T03:00Z', '2026-11-19T06:00Z');
`;

describe('findings', () => {
  let bed: Bed;
  beforeAll(async () => {
    bed = await startBed(() => true);
    await bed.database.admin.query({ text: STAGE });
  });
  afterAll(() => bed?.stop());
  const items = async (path: string) => ((await bed.call(path)).json() as { items: object[]; next?: string }).items;

  it('are listed while they are open, of one tenant, page by page', async () => {
    const page = (await bed.call('/v1/findings?limit=1')).json() as { items: object[]; next: string };
    expect(page.items).toMatchObject([{ deviceId: 'MAC-1', kind: 'mdm-client-stuck', clearedAt: null }]);
    expect(await items(`/v1/findings?limit=2&cursor=${encodeURIComponent(page.next)}`)).toMatchObject([
      { deviceId: 'MAC-2' },
    ]);
    expect(await items('/v1/findings?kind=update-stuck')).toEqual([]);
    expect((await bed.call('/v1/findings?kind=bored')).status).toBe(400);
    const theirs = await bed.call('/v1/findings', { authorization: basic('x', TOKENS.other) });
    expect((theirs.json() as { items: object[] }).items).toMatchObject([{ deviceId: 'MAC-3' }]);
  });

  it('of a device are told in plain words, with what was done since, the cleared ones too', async () => {
    const [open, cleared] = await items('/v1/devices/MAC-1/findings');
    expect(open).toMatchObject({
      text: expect.stringMatching(
        /last contact 2026-11-20T01:00:00.000Z, while 10 of 11 others came\. Which network .* in Europe\/Zurich\./,
      ),
      steps: [{ step: 'push', at: '2026-11-20T03:00:00.000Z' }],
    });
    expect(cleared).toMatchObject({
      kind: 'update-stuck',
      clearedAt: '2026-11-19T08:00:00.000Z',
      text: 'Its update to 26.1 has been downloading without progress since 2026-11-19T02:00:00.000Z.',
    });
    expect(await items('/v1/devices/NOBODY/findings')).toEqual([]);
  });
});
