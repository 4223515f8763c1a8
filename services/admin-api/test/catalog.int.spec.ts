import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Catalog, catalogImport, catalogRefresh, type DeviceReleases, type InputOf } from '@lamplighter/contracts';
import { type Broker, connectBroker, serveRequest } from '@lamplighter/messaging';
import { type RunningService, startService } from '@lamplighter/runtime';
import { silentLog, type TestDatabase, testDatabase, testNats, testSettings } from '@lamplighter/testing';
import { AdminApiModule } from '../src/admin-api.module.ts';
import { config } from '../src/config.ts';

const FIRST = 'first-token-of-all';
const OTHER = 'token-of-another-tenant';
const FEED = JSON.stringify({
  AssetSets: {
    macOS: [{ ProductVersion: '26.6.2', Build: '25G83', PostingDate: '2026-08-17', SupportedDevices: ['J414sAP'] }],
  },
});

const STAGE = `
  INSERT INTO update_scheduler.catalog_source (source, kind, location, releases, copy_from, copy_at, attempted_at, succeeded_at, failures,
      failing_since, error_code, error, remedy, next_at, etag, listed)
    VALUES ('gdmf', 'gdmf', 'https://gdmf.apple.com/v2/pmv', 3, 'fetched', '2026-11-20T00:00Z', '2026-11-22T00:00Z', '2026-11-20T00:00Z', 2,
            '2026-11-21T00:00Z', 'feed.unavailable', 'the feed gdmf could not be read: HTTP 500', 'see LAMP_GDMF_URL', '2026-11-22T01:00Z', 'e', '{}'),
           ('sucatalog', 'sucatalog', NULL, 0, 'api:default/me', '2026-11-20T00:00Z', NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, '{}'),
           ('sofa-ios', 'sofa', NULL, 0, 'api:other/secret-name', '2026-11-20T00:00Z', NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, '{}');
  INSERT INTO update_scheduler.release (source, os, version, version_key, build, posted_at, expires_at, supported_devices, version_extra,
      prerequisite_build, name, beta, platforms)
    VALUES ('public', 'macOS', '26.6.2', 26006002, '25G83', '2026-08-17', '2027-11-20', '{J414sAP,J313AP}', '', NULL, NULL, false, '{macOS}'),
           ('all', 'macOS', '26.6.2', 26006002, '25G83', '2026-08-06', NULL, '{J414sAP}', '', NULL, NULL, false, '{macOS}'),
           ('sofa', 'macOS', '26.6.2', 26006002, '', '2026-08-17', NULL, '{J414sAP}', '', NULL, 'macOS Tahoe 26.6.2', false, '{macOS}'),
           ('bsi', 'macOS', '26.3.1', 26003001, '25D771280a', '2026-03-17', NULL, '{J414sAP}', '(a)', '25D2128', NULL, false, '{macOS}'),
           ('sofa', 'iOS', '27.0', 27000000, '24A5264n', '2026-07-01', NULL, '{"iPhone15,2"}', '', NULL, 'iOS 27 beta', true, '{iOS}'),
           ('public', 'iOS', '26.6', 26006000, '23U67', '2026-07-27', NULL, '{"iPhone15,2","iPad13,1"}', '', NULL, NULL, false, '{iOS,iPadOS}');
  INSERT INTO update_scheduler.release_device (supported_device, os, version, version_key, build, posted_at, expires_at)
    VALUES ('J414sAP', 'macOS', '26.6.2', 26006002, '25G83', '2026-08-06', NULL), ('J414sAP', 'macOS', '26.3.1', 26003001, '25D2128', '2026-03-01', NULL),
           ('J414sAP', 'macOS', '26.5', 26005000, '25F71', '2026-05-18', '2026-08-30');
  INSERT INTO update_scheduler.improvement_device VALUES ('J414sAP', 'macOS', '26.3.1', 26003001, '(a)', '25D771280a', '25D2128', '2026-03-17', NULL);
  INSERT INTO update_scheduler.catalog_product VALUES ('072-1', 'installer', 'Install macOS Tahoe', '26.6.2', 26006002, '25G83', NULL, 14e9, false, '{}');
  INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, os_version, os_version_key, build_version,
      software_update_device_id, updated_at)
    VALUES ('default', 'MAC-1', true, 1, 'macOS', '26.3.1', 26003001, '25D2128', 'J414sAP', now()),
           ('default', 'NEW', true, 1, 'macOS', NULL, NULL, NULL, NULL, now());
  INSERT INTO status_ingestion.available_update (tenant, device_id, product_key, version, build, human_name, is_config_data, is_major,
      is_security_response, download_size, reported_at, deferred_until)
    VALUES ('default', 'MAC-1', 'MSU_UPDATE_25G83_patch_26.6.2_minor', '26.6.2', '25G83', 'macOS Tahoe 26.6.2', false, false, false, 4e9,
            '2026-11-20T03:00Z', '2026-12-01T00:00Z');
`;

describe('the catalogue', () => {
  let database: TestDatabase;
  let service: RunningService;
  let broker: Broker;
  const imports: InputOf<typeof catalogImport>[] = [];

  const call = async (path: string, init: RequestInit = {}, token = FIRST) => {
    const headers = { authorization: `Bearer ${token}`, ...(init.headers as object) };
    const answer = await fetch(new URL(path, service.url), { ...init, headers });
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  };
  const json = (method: string, body: unknown) => ({
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

  beforeAll(async () => {
    database = await testDatabase();
    await database.admin.query({ text: STAGE });
    const hash = (token: string) => createHash('sha256').update(token).digest('hex');
    await database.admin.query(
      {
        text: `INSERT INTO admin_api.api_token (token_hash, tenant, name, created_at) VALUES ($1, 'other', 'theirs', now())`,
      },
      [hash(OTHER)],
    );
    const nats = testNats();
    broker = await connectBroker({ ...nats, service: 'test', log: silentLog, replicas: 1, maxBytes: 67_108_864 });
    const serving = { service: 'test', broker, log: silentLog };
    serveRequest({
      ...serving,
      definition: catalogImport,
      handler: async (given) => {
        const input = given as InputOf<typeof catalogImport>;
        imports.push(input);
        return { ok: { releases: input.copy!.releases.length, added: 1, source: input.copy!.source, products: 0 } };
      },
    });
    serveRequest({
      ...serving,
      definition: catalogRefresh,
      handler: async (given) => ({ ok: { sources: (given as InputOf<typeof catalogRefresh>).sources ?? ['gdmf'] } }),
    });
    await broker.nc.flush();
    service = await startService('admin-api', AdminApiModule, config, {
      ...testSettings(nats),
      LAMP_DATABASE_URL: database.urlOf('admin_api'),
      LAMP_ADMIN_TOKEN_SHA256: hash(FIRST),
    });
  });
  afterAll(async () => {
    await service?.stop();
    await broker?.close();
    await database?.close();
  });

  it('shows each release once, with the lists that have it, and its sources with why they fail', async () => {
    const { status, body } = (await call('/v1/catalog')) as { status: number; body: Catalog };
    expect(status).toBe(200);
    expect(body.items.map((one) => `${one.version} ${one.build} ${one.lists.join('+')} ${one.devices}`)).toEqual([
      '27.0 24A5264n sofa 1',
      '26.6 23U67 public 2',
      '26.6.2 25G83 all+public 2',
      '26.3.1 25D771280a bsi 1',
    ]);
    expect(body.items[2]).toMatchObject({
      postedAt: '2026-08-06',
      expiresAt: null,
      enforceable: true,
      platforms: ['macOS'],
    });
    expect(body.items[3]).toMatchObject({ versionExtra: '(a)', prerequisiteBuild: '25D2128' });
    expect(body.items[0]).toMatchObject({ beta: true, enforceable: false });
    expect(body.products).toMatchObject([{ productKey: '072-1', version: '26.6.2' }]);
    expect(body.sources).toMatchObject([
      {
        source: 'gdmf',
        state: 'failing',
        location: 'https://gdmf.apple.com/v2/pmv',
        succeededAt: '2026-11-20T00:00:00.000Z',
        failure: {
          code: 'feed.unavailable',
          attempts: 2,
          since: '2026-11-21T00:00:00.000Z',
          remedy: 'see LAMP_GDMF_URL',
        },
      },
      // Another tenant's name and that of its token are its own.
      { source: 'sofa-ios', state: 'imported', copyFrom: 'api' },
      { source: 'sucatalog', state: 'imported', copyFrom: 'api:default/me', failure: null },
    ]);
  });

  it('is narrowed by OS family, model and version', async () => {
    const builds = async (query: string) =>
      ((await call(`/v1/catalog?${query}`)).body as Catalog).items.map(({ build }) => build);
    expect(await builds('os=iPadOS')).toEqual(['23U67']);
    expect(await builds('model=J313AP')).toEqual(['25G83']);
    expect(await builds('version=26&os=macOS')).toEqual(['25G83', '25D771280a']);
    expect(await builds('version=26.6')).toEqual(['23U67', '25G83']);
    expect((await call('/v1/catalog?version=new')).body.error).toMatchObject({ code: 'input.invalid' });
  });

  it('takes in a feed of any kind, and says who brought it', async () => {
    const post = (body: string | Buffer, query = '') =>
      call(`/v1/catalog${query}`, { method: 'POST', body: Buffer.from(body) });
    expect(await post(FEED)).toMatchObject({ status: 200, body: { source: 'gdmf', releases: 1 } });
    expect(imports.at(-1)).toMatchObject({ source: 'api:default/first-token', copy: { kind: 'gdmf' }, force: false });
    expect(await post(gzipSync(FEED), '?kind=gdmf&force=true')).toMatchObject({ status: 200 });
    expect(imports.at(-1)).toMatchObject({ force: true });
    const count = imports.length;
    expect(await post(FEED, '?kind=sofa')).toMatchObject({ status: 400, body: { error: { code: 'catalog.invalid' } } });
    expect(await post('<html>')).toMatchObject({ status: 400, body: { error: { code: 'catalog.invalid' } } });
    expect(await post(gzipSync(FEED).subarray(0, 30))).toMatchObject({ status: 400 });
    expect(await post('')).toMatchObject({ status: 400 });
    expect(imports).toHaveLength(count);
  });

  it('is changed only with the right over the whole installation', async () => {
    const count = imports.length;
    const refused = {
      status: 403,
      body: { error: { code: 'api.forbidden', remedy: expect.stringContaining('--installation') } },
    };
    expect(await call('/v1/catalog', { method: 'POST', body: FEED }, OTHER)).toMatchObject(refused);
    expect(await call('/v1/catalog/refresh', json('POST', {}), OTHER)).toMatchObject(refused);
    expect(imports).toHaveLength(count);
    expect((await call('/v1/catalog', {}, OTHER)).status).toBe(200);
    expect(await call('/v1/catalog/refresh', json('POST', { sources: ['sofa-ios'] }))).toEqual({
      status: 202,
      body: { sources: ['sofa-ios'] },
    });
    expect(await call('/v1/catalog/refresh', { method: 'POST' })).toEqual({ status: 202, body: { sources: ['gdmf'] } });
  });

  it('gives that right only by a token that has it, and a token’s name once', async () => {
    const make = (body: object, token?: string) => call('/v1/tokens', json('POST', body), token);
    expect(await make({ name: 'x', installation: true }, OTHER)).toMatchObject({ status: 403 });
    expect(await make({ name: 'x', tenant: 'default' }, OTHER)).toMatchObject({ status: 403 });
    const plain = await make({ name: 'script' });
    expect(plain).toMatchObject({ status: 201, body: { tenant: 'default', installation: false } });
    expect(await make({ name: 'script' })).toMatchObject({ status: 409, body: { error: { code: 'token.exists' } } });
    expect(await call('/v1/catalog', { method: 'POST', body: FEED }, plain.body.token)).toMatchObject({ status: 403 });
    const feeds = await make({ name: 'feeds', installation: true });
    expect(await call('/v1/catalog', { method: 'POST', body: FEED }, feeds.body.token)).toMatchObject({ status: 200 });
    const names = async (token?: string) =>
      (await call('/v1/tokens', {}, token)).body.items.map((one: { name: string }) => one.name).toSorted();
    expect(await names()).toEqual(['feeds', 'first-token', 'script', 'theirs']);
    expect(await names(OTHER)).toEqual(['theirs']);
    expect(JSON.stringify((await call('/v1/tokens')).body)).not.toContain(feeds.body.token);
    const end = (name: string, token?: string) => call(`/v1/tokens/${name}`, { method: 'DELETE' }, token);
    expect(await end('feeds', plain.body.token)).toMatchObject({ status: 404 });
    expect(await end('script', OTHER)).toMatchObject({ status: 404 });
    expect(await end('feeds')).toMatchObject({ status: 200, body: { name: 'feeds' } });
    expect(await call('/v1/catalog', {}, feeds.body.token)).toMatchObject({ status: 401 });
    const [audit] = await database.admin.query<{ text: string }>({
      text: `SELECT string_agg(action || ' ' || subject, ', ' ORDER BY at) AS text FROM admin_api.audit WHERE action LIKE 'token.%'`,
    });
    expect(audit!.text).toBe('token.create script, token.create feeds, token.revoke feeds');
  });

  it('stands beside what a device lists itself', async () => {
    const { body } = (await call('/v1/devices/MAC-1/updates')) as { body: DeviceReleases };
    expect(body).toMatchObject({ model: 'J414sAP', osVersion: '26.3.1', reportedAt: '2026-11-20T03:00:00.000Z' });
    expect(body.items).toMatchObject([
      {
        version: '26.6.2',
        build: '25G83',
        listedBy: 'both',
        productKey: 'MSU_UPDATE_25G83_patch_26.6.2_minor',
        name: 'macOS Tahoe 26.6.2',
        deferredUntil: '2026-12-01T00:00:00.000Z',
        enforceable: true,
        newer: true,
      },
      { version: '26.3.1', versionExtra: '(a)', build: '25D771280a', listedBy: 'catalogue', isSecurityResponse: true },
    ]);
    expect((await call('/v1/devices/NEW/updates')).body).toMatchObject({ model: null, reportedAt: null, items: [] });
    expect(await call('/v1/devices/MAC-1/updates', {}, OTHER)).toMatchObject({ status: 404 });
  });
});
