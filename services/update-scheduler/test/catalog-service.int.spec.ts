import { readFeed } from '@lamplighter/apple';
import { catalogImport, catalogRefresh, type FeedCopy } from '@lamplighter/contracts';
import { Requester, type RunningService, startService } from '@lamplighter/runtime';
import { testDatabase, type TestDatabase, testNats, testSettings, waitFor } from '@lamplighter/testing';
import { config } from '../src/config.ts';
import { UpdateSchedulerModule } from '../src/update-scheduler.module.ts';
import { FeedServer } from './feed-server.ts';
import { FEED } from './night/feed.ts';

describe('the catalogue of a running installation', () => {
  let database: TestDatabase;
  let server: FeedServer;
  let replicas: RunningService[];

  beforeAll(async () => {
    database = await testDatabase();
    server = await FeedServer.start();
    server.documents.set('/pmv', FEED);
    const nats = testNats();
    const start = () =>
      startService('update-scheduler', UpdateSchedulerModule, config, {
        ...testSettings(nats),
        LAMP_DATABASE_URL: database.urlOf('update_scheduler'),
        LAMP_GDMF_URL: server.url('/pmv'),
      });
    replicas = [await start(), await start()];
  });
  afterAll(async () => {
    for (const replica of replicas ?? []) await replica.stop();
    await server?.stop();
    await database?.close();
  });

  const requester = () => replicas[0]!.app.get(Requester, { strict: false });
  const copies = () =>
    database.admin.query<{ from: string; attempt: number; releases: number }>({
      text: `SELECT copy_from AS "from", attempt, releases FROM update_scheduler.catalog_source WHERE source = 'gdmf'`,
    });

  it('is fetched at start by one of its replicas, and by one again when it is asked for', async () => {
    await waitFor('the first copy', async () => (await copies())[0]?.from === 'fetched');
    expect(server.asked).toHaveLength(1);
    expect(await requester().request(catalogRefresh, {})).toEqual({ ok: { sources: ['gdmf'] } });
    await waitFor('the second fetch', async () => server.asked.length === 2);
    expect(server.asked[1]).toMatchObject({ conditional: true, status: 304 });
    expect(await requester().request(catalogRefresh, { sources: ['sofa-ios'] })).toMatchObject({
      error: { code: 'catalog.not-found', remedy: expect.stringContaining('LAMP_SOFA_IOS_URL') },
    });
  });

  it('takes in what a person brings, read or as a document, and says what is wrong with it', async () => {
    const more = JSON.parse(FEED);
    more.PublicAssetSets.iOS.push({ ...more.PublicAssetSets.iOS[0], ProductVersion: '26.8', Build: '23W1' });
    const copy = readFeed(JSON.stringify(more)) as unknown as FeedCopy;
    expect(await requester().request(catalogImport, { source: 'api:me', copy })).toEqual({
      ok: { source: 'gdmf', releases: 6, products: 0, added: 1 },
    });
    expect(await requester().request(catalogImport, { source: 'api:me', feed: FEED })).toMatchObject({
      ok: { releases: 5, added: 0 },
    });
    const shrunken = { ...copy, releases: copy.releases.slice(0, 1) };
    expect(await requester().request(catalogImport, { source: 'api:me', copy: shrunken })).toMatchObject({
      error: { code: 'catalog.shrunken' },
    });
    expect(await requester().request(catalogImport, { source: 'api:me', copy: shrunken, force: true })).toMatchObject({
      ok: { releases: 1 },
    });
    expect(await copies()).toMatchObject([{ from: 'api:me', releases: 1 }]);
    expect(await requester().request(catalogImport, { source: 'api:me' })).toMatchObject({
      error: { code: 'input.invalid' },
    });
  });
});
