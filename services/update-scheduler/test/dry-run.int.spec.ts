import { PolicySpec } from '@lamplighter/contracts';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { PgDryRunStore } from '../src/out/pg-dry-run-store.ts';
import { DryRun } from '../src/steps/dry-run.ts';
import { Night, TENANT } from './night.ts';

describe('a dry run', () => {
  let database: TestDatabase;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    night = await Night.begin(database);
    await night.devices(
      { id: 'A' },
      { id: 'B' },
      { id: 'M', platform: 'macOS', os: '15.1' },
      { id: 'done', os: '26.6' },
      { id: 'unsupervised', supervised: false },
      { id: 'watch', platform: 'watchOS', os: '10.0' },
    );
  });
  afterAll(() => database.close());
  const dryRun = () => new DryRun(night.clock, new PgDryRunStore(night.db));

  it('tells who would get what and who not, with reasons and samples', async () => {
    const { policyId } = await night.policy();
    expect(await dryRun().run({ tenant: TENANT, policyId })).toEqual({
      policyId,
      enrolled: 6,
      assigned: 5,
      targeted: 3,
      skipped: 2,
      reasons: [
        { reason: 'already-at-target', devices: 1, samples: ['done'] },
        { reason: 'not-supervised', devices: 1, samples: ['unsupervised'] },
      ],
      targets: [
        { platform: 'iOS', version: '26.6', build: '23U67', devices: 2, samples: ['A', 'B'] },
        { platform: 'macOS', version: '26.6.2', build: '25G83', devices: 1, samples: ['M'] },
      ],
      rings: [],
    });
  });

  it('says the same as the plan that follows', async () => {
    const { policyId } = await night.policy();
    await night.policy({ name: 'macs', platforms: ['macOS'], precedence: 500 });
    const told = await dryRun().run({ tenant: TENANT, policyId });
    await night.openAndPlan();
    const rows = await night.db.query<{ reason: string | null; devices: number }>(
      {
        text: `SELECT u.reason, count(*) AS devices FROM update_scheduler.device_update u JOIN update_scheduler.rollout r USING (tenant, rollout_id)
              WHERE r.policy_id = $1 GROUP BY 1`,
      },
      [policyId],
    );
    const planned = Object.fromEntries(rows.map((row) => [row.reason ?? 'targeted', row.devices]));
    expect({
      targeted: told.targeted,
      ...Object.fromEntries(told.reasons.map((one) => [one.reason, one.devices])),
    }).toEqual(planned);
    expect(planned).toMatchObject({ 'other-policy': 1 });
  });

  it('takes a spec that is not stored, alone or in the place of the stored one, and changes nothing', async () => {
    const { policyId } = await night.policy();
    night.minutes(1);
    const spec = PolicySpec.parse({
      name: 'other',
      platforms: ['iOS'],
      rings: [{ name: 'few', percent: 1 }, { name: 'all' }],
    });
    expect(await dryRun().run({ tenant: TENANT, spec })).toMatchObject({ policyId: null, targeted: 0, skipped: 4 });
    const inPlace = await dryRun().run({ tenant: TENANT, policyId, spec });
    expect(inPlace).toMatchObject({ targeted: 2, skipped: 2 });
    expect(inPlace.rings.map((ring) => ring.devices).reduce((sum, devices) => sum + devices)).toBe(2);
    expect(await night.occurrences()).toEqual([]);
    await expect(dryRun().run({ tenant: TENANT })).rejects.toMatchObject({ code: 'policy.not-found' });
  });
});
