import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseConfig } from '@lamplighter/runtime';
import type { PgDatabase } from '@lamplighter/storage';
import { recordingLog, testDatabase, type TestDatabase, waitFor } from '@lamplighter/testing';
import { config } from '../src/config.ts';
import { HttpFeedSource } from '../src/out/feed-source.ts';
import { PgCatalogStore } from '../src/out/pg-catalog-store.ts';
import { AskForRefresh } from '../src/steps/ask-for-refresh.ts';
import { ImportCatalog } from '../src/steps/import-catalog.ts';
import { RefreshCatalog } from '../src/steps/refresh-catalog.ts';
import { FeedServer } from './feed-server.ts';
import { FEED } from './night/feed.ts';

const SOFA = JSON.stringify({
  LastCheck: 'now',
  OSVersions: [
    {
      OSVersion: 'Sequoia 15',
      SecurityReleases: [
        {
          ProductName: 'macOS',
          ProductVersion: '15.7.9',
          Build: '24G830',
          UpdateName: 'macOS Sequoia 15.7.9',
          ReleaseDate: '2026-08-17T00:00:00Z',
          SupportedDevices: ['J414sAP'],
        },
      ],
    },
  ],
});

interface SourceState {
  failures: number;
  code: string | null;
  error: string | null;
  remedy: string | null;
  good: boolean;
  nextHours: number;
  copyFrom: string | null;
}

describe('feeds', () => {
  let database: TestDatabase;
  let db: PgDatabase;
  let server: FeedServer;
  let secure: FeedServer;
  let dir: string;

  beforeAll(async () => {
    database = await testDatabase();
    db = database.as('update_scheduler');
    server = await FeedServer.start();
    secure = await FeedServer.start({ tls: true });
    dir = mkdtempSync(join(tmpdir(), 'feeds-'));
    writeFileSync(join(dir, 'ca.pem'), secure.ca);
  });
  afterAll(async () => {
    await server.stop();
    await secure.stop();
    rmSync(dir, { recursive: true });
    await database.close();
  });
  beforeEach(async () => {
    await database.admin.query({
      text: `TRUNCATE update_scheduler.catalog_source, update_scheduler.release, update_scheduler.release_device,
                      update_scheduler.improvement_device, update_scheduler.catalog_product`,
    });
    server.whim = undefined;
    server.asked.length = 0;
    server.documents.set('/pmv', FEED).set('/macos_data_feed.json', SOFA);
  });

  /** One replica with these settings. */
  async function replica(env: Record<string, string>) {
    const settings = parseConfig('update-scheduler', config, env);
    const log = recordingLog();
    const store = new PgCatalogStore(db);
    const importCatalog = new ImportCatalog(db, store, log);
    const refresh = new RefreshCatalog(settings, db, store, new HttpFeedSource(settings), importCatalog, log);
    await refresh.configure();
    return { refresh, log, importCatalog, ask: new AskForRefresh(store) };
  }
  const gdmf = () => replica({ LAMP_GDMF_URL: server.url('/pmv?token=secret') });

  async function stateOf(source: string): Promise<SourceState> {
    const [row] = await db.query<SourceState>(
      {
        text: `SELECT failures, error_code AS code, error, remedy, succeeded_at IS NOT NULL AS good, copy_from AS "copyFrom",
                      round(extract(epoch FROM next_at - attempted_at) / 3600, 2)::float8 AS "nextHours"
                 FROM update_scheduler.catalog_source WHERE source = $1`,
      },
      [source],
    );
    return row!;
  }
  const releases = () =>
    db.query<{ key: string }>({
      text: `SELECT concat_ws(' ', source, os, version, build) AS key FROM update_scheduler.release ORDER BY 1`,
    });
  const overdue = () =>
    database.admin.query({ text: `UPDATE update_scheduler.catalog_source SET next_at = now() - interval '1 hour'` });

  it('are fetched once a day, then asked for with what is known of them', async () => {
    const { refresh } = await gdmf();
    expect([await refresh.run(), await refresh.run()]).toEqual([true, false]);
    expect(await stateOf('gdmf')).toMatchObject({ failures: 0, good: true, nextHours: 24, copyFrom: 'fetched' });
    const before = await releases();
    expect(before).toHaveLength(5);
    await overdue();
    expect(await refresh.run()).toBe(true);
    expect(server.asked).toEqual([
      { path: '/pmv', conditional: false, status: 200 },
      { path: '/pmv', conditional: true, status: 304 },
    ]);
    expect(await releases()).toEqual(before);
  });

  it('show their place without what may be secret in it', async () => {
    await gdmf();
    const [row] = await db.query<{ location: string }>({
      text: `SELECT location FROM update_scheduler.catalog_source_v1 WHERE source = 'gdmf'`,
    });
    expect(row!.location).toBe(server.url('/pmv'));
  });

  it.each([
    ['answers with an error', 'error' as const, 'feed.unavailable', 'HTTP 500'],
    ['breaks off', 'truncate' as const, 'feed.unavailable', 'broke off'],
    ['breaks off inside of its compression', 'truncate-zipped' as const, 'feed.unavailable', 'broke off'],
    ['hangs up', 'hang-up' as const, 'feed.unavailable', 'could not be read'],
  ])('keep their last good copy where the server %s, and say why', async (_what, whim, code, said) => {
    const { refresh, log } = await gdmf();
    await refresh.run();
    const before = await releases();
    // Another version is there, but does not arrive.
    server.documents.set('/pmv', FEED.replaceAll('26.6.2', '26.6.3'));
    server.whim = whim;
    await overdue();
    expect(await refresh.run()).toBe(true);
    expect(await stateOf('gdmf')).toMatchObject({ failures: 1, code, good: true, nextHours: 0.25 });
    const { error, remedy } = await stateOf('gdmf');
    expect(error).toContain(said);
    expect(remedy).toContain('LAMP_GDMF_URL');
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(await releases()).toEqual(before);
    await overdue();
    await refresh.run();
    expect(await stateOf('gdmf')).toMatchObject({ failures: 2, nextHours: 0.5 });
    server.whim = undefined;
    await overdue();
    await refresh.run();
    expect(await stateOf('gdmf')).toMatchObject({ failures: 0, code: null, error: null });
    expect(await releases()).not.toEqual(before);
  });

  it.each([
    ['no feed', 'catalog.invalid', '<html>Please log in</html>'],
    [
      'a shrunken feed',
      'catalog.shrunken',
      JSON.stringify({ AssetSets: { iOS: JSON.parse(FEED).PublicAssetSets.iOS } }),
    ],
    ['another feed', 'catalog.other-feed', SOFA],
  ])('are refused where the server has %s', async (_what, code, document) => {
    const { refresh, log } = await gdmf();
    const all = JSON.parse(FEED).PublicAssetSets.macOS as object[];
    const many = ['26.5', '26.4', '26.3'].map((ProductVersion) => ({ ...all[0], ProductVersion }));
    const full = JSON.parse(FEED);
    full.PublicAssetSets.macOS.push(...many);
    server.documents.set('/pmv', JSON.stringify(full));
    await refresh.run();
    const before = await releases();
    server.documents.set('/pmv', document);
    await overdue();
    await refresh.run();
    expect(await stateOf('gdmf')).toMatchObject({ failures: 1, code });
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', keys: { source: 'gdmf', code } });
    expect(await releases()).toEqual(before);
  });

  it('are one replica’s work each time, however many there are', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, gdmf));
    const worked = await Promise.all(all.map(({ refresh }) => refresh.run()));
    expect(worked.filter(Boolean)).toHaveLength(1);
    expect(server.asked).toHaveLength(1);
  });

  it('are another’s when a replica dies while it fetches, and what it still writes changes nothing', async () => {
    const [one, two] = [await gdmf(), await gdmf()];
    const store = new PgCatalogStore(db);
    const lost = await store.claim(['gdmf'], 60_000);
    expect(await two.refresh.run()).toBe(false);
    await database.admin.query({
      text: `UPDATE update_scheduler.catalog_source SET leased_until = now() - interval '1 s'`,
    });
    expect(await one.refresh.run()).toBe(true);
    const settled = await db.transaction((tx) =>
      store.settle(tx, lost!, { nextMs: 1, etag: 'old', lastModified: undefined }),
    );
    expect(settled).toBe(false);
    expect(await stateOf('gdmf')).toMatchObject({ nextHours: 24 });
  });

  it('are trusted by the authority that a setting names alone', async () => {
    secure.documents.set('/pmv', FEED);
    const url = { LAMP_GDMF_URL: secure.url('/pmv') };
    await (await replica(url)).refresh.run();
    expect(await stateOf('gdmf')).toMatchObject({ failures: 1, code: 'feed.unavailable' });
    expect((await stateOf('gdmf')).remedy).toContain('LAMP_GDMF_CA');
    await overdue();
    await (await replica({ ...url, LAMP_GDMF_CA: join(dir, 'ca.pem') })).refresh.run();
    expect(await stateOf('gdmf')).toMatchObject({ failures: 0, good: true });
  });

  it('may move, but not from https to http', async () => {
    server.moved.set('/old', '/pmv');
    await (await replica({ LAMP_GDMF_URL: server.url('/old') })).refresh.run();
    expect(await stateOf('gdmf')).toMatchObject({ failures: 0 });
    secure.moved.set('/old', server.url('/pmv'));
    const env = { LAMP_GDMF_URL: secure.url('/old'), LAMP_GDMF_CA: join(dir, 'ca.pem') };
    await (await replica(env)).refresh.run();
    expect((await stateOf('gdmf')).error).toContain('redirects');
  });

  it('may be files, compressed ones too', async () => {
    writeFileSync(join(dir, 'feed.json.gz'), gzipSync(FEED));
    const { refresh } = await replica({ LAMP_GDMF_URL: join(dir, 'feed.json.gz') });
    await refresh.run();
    expect(await releases()).toHaveLength(5);
    await overdue();
    await (await replica({ LAMP_GDMF_URL: join(dir, 'gone.json') })).refresh.run();
    expect(await stateOf('gdmf')).toMatchObject({ failures: 1, code: 'feed.unavailable' });
  });

  it('say the same in another document: nothing is new', async () => {
    const { refresh, log } = await replica({ LAMP_SOFA_MACOS_URL: server.url('/macos_data_feed.json') });
    await refresh.run();
    server.documents.set('/macos_data_feed.json', SOFA.replace('"now"', '"later"'));
    await overdue();
    await refresh.run();
    expect(log.lines.filter(({ text }) => text === 'release feed taken in')).toHaveLength(1);
    expect(await stateOf('sofa-macos')).toMatchObject({ failures: 0, nextHours: 24 });
  });

  it('are fetched anew once their setting names another place, and no longer once it names none', async () => {
    await (await gdmf()).refresh.run();
    server.documents.set('/mirror', FEED);
    const moved = await replica({ LAMP_GDMF_URL: server.url('/mirror') });
    expect(await moved.refresh.run()).toBe(true);
    expect(server.asked.at(-1)).toEqual({ path: '/mirror', conditional: false, status: 200 });
    await replica({ LAMP_GDMF_URL: server.url('/mirror'), LAMP_SOFA_IOS_URL: server.url('/never') });
    const none = await replica({});
    expect(await stateOf('sofa-ios')).toBeUndefined();
    expect(await none.refresh.run()).toBe(false);
    await expect(none.ask.run(undefined)).rejects.toMatchObject({ code: 'catalog.no-source' });
    expect(await releases()).toHaveLength(5);
  });

  it('do not hold up the end of a process, which is no failure of theirs', async () => {
    const { refresh } = await gdmf();
    server.whim = 'hang';
    const ending = new AbortController();
    const running = refresh.run(ending.signal);
    await waitFor('the feed to be asked', async () => server.asked.length === 1);
    ending.abort();
    expect(await running).toBe(true);
    expect(await stateOf('gdmf')).toMatchObject({ failures: 0, good: false });
  });

  it('come at once when they are asked for', async () => {
    const { refresh, ask } = await gdmf();
    await refresh.run();
    expect(await refresh.run()).toBe(false);
    expect(await ask.run(undefined)).toEqual(['gdmf']);
    expect(await refresh.run()).toBe(true);
    await expect(ask.run(['gdmf', 'sofa-ios'])).rejects.toMatchObject({ code: 'catalog.not-found' });
  });

  it('give way to what a person brings, and take its place again when they have something else', async () => {
    const { refresh, importCatalog } = await gdmf();
    await refresh.run();
    const more = JSON.parse(FEED);
    more.PublicAssetSets.iOS.push({ ...more.PublicAssetSets.iOS[0], ProductVersion: '26.8', Build: '23W1' });
    expect(await importCatalog.run('api:default/me', JSON.stringify(more))).toMatchObject({ added: 1, source: 'gdmf' });
    expect(await stateOf('gdmf')).toMatchObject({ copyFrom: 'api:default/me' });
    await overdue();
    await refresh.run();
    expect(server.asked.at(-1)).toMatchObject({ conditional: false, status: 200 });
    expect(await releases()).toHaveLength(5);
  });
});
