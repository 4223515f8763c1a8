import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { PolicySpec } from '@lamplighter/contracts';
import { Night, TENANT } from './night.ts';
import { FEED } from './night/feed.ts';

describe('policies and the catalogue', () => {
  let database: TestDatabase;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    night = await Night.begin(database);
  });
  afterAll(() => database.close());
  const releases = () =>
    night.db.query<{ count: number }>({ text: 'SELECT count(*) AS count FROM update_scheduler.release_device' });

  it('refuses a name that is taken, also when two ask at the same time, and changes nothing', async () => {
    const put = () => night.policy({ name: 'twin' });
    const results = await Promise.allSettled([put(), put(), put()]);
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    await expect(put()).rejects.toMatchObject({
      code: 'policy.name-taken',
      fields: [{ path: 'name', value: 'twin', message: 'is taken' }],
    });
  });

  it('makes a new version of a changed policy, none of an unchanged one', async () => {
    const { policyId, spec } = await night.policy();
    const put = (changed: object) =>
      night.putPolicy.run({ tenant: TENANT, policyId, spec: PolicySpec.parse({ ...spec, ...changed }) });
    expect((await put({})).version).toBe(1);
    expect((await put({ pollMinutes: 20 })).version).toBe(2);
    await expect(night.putPolicy.run({ tenant: 'other', policyId, spec })).rejects.toMatchObject({
      code: 'policy.not-found',
    });
  });

  it('runs a rollout with the spec of its own version, whatever becomes of the policy during the night', async () => {
    const { policyId, spec } = await night.policy({ installAction: 'InstallASAP' });
    await night.devices({ id: 'MAC-1', platform: 'macOS', os: '15.1' });
    await night.openAndPlan();
    const changed = PolicySpec.parse({ ...spec, installAction: 'DownloadOnly', platforms: ['iOS'] });
    expect((await night.putPolicy.run({ tenant: TENANT, policyId, spec: changed })).version).toBe(2);
    const { rolloutId, occurrenceId } = (await night.occurrences())[0]!;
    const terms = await night.updates.rolloutTerms(TENANT, [rolloutId]);
    expect(terms.get(rolloutId)?.spec).toEqual(spec);
    const lock = await night.db.transaction((tx) => night.plans.lock(tx, TENANT, occurrenceId));
    expect(lock?.spec).toEqual(spec);
  });

  it('runs a policy that was stored before there were all fields with the defaults of those', async () => {
    await night.policy();
    await night.db.query({
      text: `UPDATE update_scheduler.policy SET spec = spec - 'resendAfterHours' - 'enforcement'`,
    });
    const [active] = await night.windows.activePolicies();
    expect(active?.spec).toMatchObject({ resendAfterHours: 24, enforcement: { announceDays: 1 } });
  });

  it.each([
    ['policy', `UPDATE update_scheduler.policy SET paused = $1`],
    [
      'tenant',
      `INSERT INTO update_scheduler.tenant_state VALUES ('default', $1, now()) ON CONFLICT (tenant) DO UPDATE SET paused = $1`,
    ],
  ])('opens no window and releases no wave while the %s is paused', async (_what, text) => {
    await night.policy();
    await night.devices({ id: 'PHONE-1' });
    const pause = (paused: boolean) => night.db.query({ text }, [paused]);
    await pause(true);
    expect(await night.openWindow.run()).toBe(0);
    await pause(false);
    await night.openAndPlan();
    await pause(true);
    expect(await night.releaseWave.run()).toBe(false);
    await pause(false);
    expect(await night.releaseWave.run()).toBe(true);
  });

  it('says which rollout it does not know', async () => {
    const rolloutId = 'a0a0a0a0-0000-8000-8000-000000000000';
    await expect(night.controlRollout.run({ tenant: TENANT, rolloutId, action: 'pause' })).rejects.toMatchObject({
      code: 'rollout.not-found',
    });
  });

  it('takes in a feed again without change, and counts what is new', async () => {
    const before = await releases();
    expect(await night.importCatalog.run('test', FEED)).toMatchObject({ added: 0 });
    expect(await releases()).toEqual(before);
    const more = JSON.parse(FEED);
    more.PublicAssetSets.macOS.push({
      ProductVersion: '26.7',
      Build: '25H1',
      PostingDate: '2026-09-01',
      SupportedDevices: ['J414sAP'],
    });
    expect(await night.importCatalog.run('test', JSON.stringify({ data: more }))).toMatchObject({ added: 1 });
  });

  it.each([
    ['no JSON', 'catalog.invalid', '<html>'],
    ['another document', 'catalog.invalid', '{}'],
    ['a list without releases', 'catalog.empty', '{"PublicAssetSets":{"iOS":[]}}'],
    [
      'a feed that lost most of its releases',
      'catalog.shrunken',
      JSON.stringify({ PublicAssetSets: { iOS: JSON.parse(FEED).PublicAssetSets.iOS.slice(0, 1) } }),
    ],
  ])('keeps the catalogue when it is given %s', async (_what, code, feed) => {
    const before = await releases();
    await expect(night.importCatalog.run('test', feed)).rejects.toMatchObject({ code });
    expect(await releases()).toEqual(before);
  });

  it('never takes a Background Security Improvement for a release of its base', async () => {
    const feed = JSON.parse(FEED);
    feed.PublicBackgroundSecurityImprovements = {
      iOS: [
        {
          ProductVersion: '26.6',
          ProductVersionExtra: '(a)',
          Build: '23U67a',
          PostingDate: '2026-09-01',
          SupportedDevices: ['iPhone15,2'],
        },
      ],
    };
    await night.importCatalog.run('test', JSON.stringify(feed));
    const rows = await night.db.query<{ build: string }>({
      text: `SELECT build FROM update_scheduler.release_device WHERE supported_device = 'iPhone15,2' AND version = '26.6'`,
    });
    expect(rows).toEqual([{ build: '23U67' }]);
  });
});
