import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { declarationAssign, ItemOf, PolicyInput } from '@lamplighter/contracts';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { Night, TENANT } from './night.ts';

const SECURITY = { target: { kind: 'newest-minor', securityResponses: true } } as const;
/** On top of build 23U67 of 26.6, which is the newest of its major. */
const [FIRST, SECOND] = ['23U771330a', '23U771340b'];

let database: TestDatabase;
let night: Night;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const payloads = async () =>
  (await night.assigned())
    .map(({ devices, declarations }) => {
      const { TargetOSVersion, TargetBuildVersion } = declarations[0]!.payload;
      return [devices.toSorted().join(), TargetOSVersion, TargetBuildVersion];
    })
    .toSorted();
async function improved(build: string, extra: string, prerequisite: string | null, posted = '2026-10-01') {
  await database.admin.query(
    {
      text: `INSERT INTO update_scheduler.improvement_device (supported_device, os, version, version_key, version_extra, build, prerequisite_build, posted_at)
             VALUES ('iPhone15,2', 'iOS', '26.6', 26006000, $1, $2, $3, $4)`,
    },
    [extra, build, prerequisite, posted],
  );
}
async function runs(id: string, build: string, supplemental: string | null, os = '26.6'): Promise<void> {
  await night.devices({ id, os });
  await database.admin.query(
    { text: `UPDATE status_ingestion.device SET build_version = $2, supplemental_build = $3 WHERE device_id = $1` },
    [id, build, supplemental],
  );
}
const start = async (policy: Partial<PolicyInput> = SECURITY) => {
  await night.policy(policy);
  await night.start();
};

describe('a security improvement', () => {
  beforeEach(async () => {
    night = await Night.begin(database);
    await improved(FIRST!, '(a)', '23U67');
    await runs('base', '23U67', '23U67');
    await runs('bare', '23U67', null);
    await runs('has-it', '23U67', FIRST!);
    await runs('other-build', '23U66', '23U66');
    await runs('below', '22B1', null, '26.1');
    await night.declaring(true, 'base', 'bare', 'has-it', 'other-build', 'below');
    await runs('commanded', '23U67', null);
  });

  it('is declared to devices at its base: version with supplemental build; those below get the version, which brings it', async () => {
    await start();
    expect(await payloads()).toEqual([
      ['bare,base', '26.6', FIRST],
      ['below', '26.6', undefined],
    ]);
    expect(await night.states()).toMatchObject({
      base: 'commanded: waiting-for-its-time',
      'has-it': 'installed: already-at-target',
      'other-build': 'installed: already-at-target',
      commanded: 'not-eligible: security-response-by-declaration',
    });
  });

  it('is of no policy that does not take them in', async () => {
    await start({ target: { kind: 'newest-minor' } });
    expect(await payloads()).toEqual([['below', '26.6', '23U67']]);
  });

  it('is installed when the supplemental build says so: the version did before', async () => {
    await start();
    await night.reports('base', { osVersion: '26.6', buildVersion: '23U67', supplementalBuild: '23U67' });
    await night.reports('base', { osVersion: '26.6' });
    expect((await night.states())['base']).toBe('commanded: waiting-for-its-time');
    await night.advanceUpdates.run(TENANT, [
      { deviceId: 'base', at: night.clock.now(), what: { kind: 'facts', osVersion: '26.6' } },
    ]);
    expect((await night.states())['base']).toBe('commanded: waiting-for-its-time');
    await night.reports('base', { installState: 'installing' });
    await night.reports('base', { osVersion: '26.6', supplementalBuild: FIRST });
    expect((await night.states())['base']).toBe('installed');
    await night.reports('bare', { osVersion: '26.7', supplementalBuild: '23V1' });
    expect((await night.states())['bare']).toBe('installed');
  });

  it('is there where the device has taken a newer one by itself meanwhile, and not where it has an older one', async () => {
    await improved(SECOND!, '(b)', '23U67', '2026-10-09');
    await start();
    await night.reports('base', { osVersion: '26.6', supplementalBuild: FIRST });
    expect((await night.states())['base']).toBe('commanded: waiting-for-its-time');
    await night.reports('base', { osVersion: '26.6', supplementalBuild: '23U771340d' });
    expect((await night.states())['base']).toBe('installed');
    await night.reports('bare', { osVersion: '26.6', supplementalBuild: '23V9' });
    expect((await night.states())['bare']).toBe('commanded: waiting-for-its-time');
  });

  it('follows the update that a policy brought before, and the next improvement follows it', async () => {
    await start();
    await night.reports('below', { osVersion: '26.6', supplementalBuild: '23U67' });
    await night.reports('base', { osVersion: '26.6', supplementalBuild: FIRST });
    expect(await night.states()).toMatchObject({ below: 'installed', base: 'installed' });
    await runs('below', '23U67', '23U67');
    await runs('base', '23U67', FIRST!);
    await improved(SECOND!, '(b)', FIRST!, '2026-10-09');
    await database.admin.query({ text: 'TRUNCATE update_scheduler.outbox' });
    night.minutes(24 * 60);
    await night.closeWindow.run();
    await night.start();
    // One is not the prerequisite of the other: the first comes first.
    expect(await payloads()).toEqual([
      ['base,has-it', '26.6', SECOND],
      ['below', '26.6', FIRST],
    ]);
  });

  describe('that goes on top of what the policy brings', () => {
    const changed = async () => {
      await database.admin.query({ text: 'TRUNCATE update_scheduler.outbox' });
      await runs('below', '23U67', '23U67');
      await database.admin.query(
        {
          text: `UPDATE status_ingestion.device SET updated_at = $1 WHERE device_id = 'below'`,
        },
        [night.clock.now()],
      );
    };
    const join = async () => {
      const { occurrenceId } = (await night.occurrences()).at(-1)!;
      await night.planRollout.join({ tenant: TENANT, occurrenceId }, new Date(night.clock.now().getTime() - 60_000));
      while (await night.releaseWave.run());
    };
    const times = async () =>
      (await night.staged<ItemOf<typeof declarationAssign>>('declaration.assign'))
        .flatMap((one) => one.items)
        .filter(({ devices }) => devices.includes('below'))
        .map(({ declarations }) => declarations[0]!.payload)
        .map((one) => [one['TargetBuildVersion'], one['TargetLocalDateTime']]);

    it('follows in the same night, as soon as the device says that it runs that', async () => {
      await start();
      expect(await times()).toEqual([[undefined, '2026-11-21T02:00:00']]);
      night.minutes(24 * 60);
      await night.closeWindow.run();
      await night.start();
      night.minutes(40);
      await night.reports('below', { osVersion: '26.6', supplementalBuild: '23U67' });
      expect((await night.states())['below']).toBe('installed');
      await changed();
      await join();
      expect(await times()).toEqual([[FIRST, '2026-11-21T02:40:00']]);
      expect((await night.states())['below']).toBe('commanded: waiting-for-its-time');
    });

    it('follows within the window in which both were told, once', async () => {
      await start({ ...SECURITY, enforcement: { announceDays: 0 } });
      night.minutes(100);
      await night.reports('below', { osVersion: '26.6', supplementalBuild: '23U67' });
      await changed();
      await join();
      expect(await times()).toEqual([[FIRST, '2026-11-20T03:40:00']]);
      // The device has taken a newer one than the catalogue lists: done, however often it is looked at.
      await night.reports('below', { osVersion: '26.6', supplementalBuild: '23U771350c' });
      expect((await night.states())['below']).toBe('installed');
      await changed();
      await join();
      expect(await times()).toEqual([]);
    });
  });

  it('is never an older one than the device has, nor one that Apple has withdrawn', async () => {
    await improved(SECOND!, '(b)', '23U67', '2026-10-09');
    await runs('newest', '23U67', SECOND!);
    await night.declaring(true, 'newest');
    await start();
    expect((await night.states())['newest']).toBe('installed: already-at-target');
    expect((await payloads())[0]).toEqual(['bare,base,has-it', '26.6', SECOND]);
    await database.admin.query({ text: `UPDATE update_scheduler.improvement_device SET expires_at = '2026-11-01'` });
    await night.policy({ name: 'later', precedence: 900, ...SECURITY });
    await night.openAndPlan();
    const rows = await night.db.query<{ reason: string }>({
      text: `SELECT reason FROM update_scheduler.device_update WHERE device_id = 'has-it' AND state = 'installed'`,
    });
    expect(rows).toEqual([{ reason: 'already-at-target' }]);
  });
});
