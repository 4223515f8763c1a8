import { type GroupInput, GroupSpec, type PolicyInput, PolicySpec } from '@lamplighter/contracts';
import { TestClock, testDatabase, type TestDatabase } from '@lamplighter/testing';
import { PgAssignmentStore } from '../src/out/pg-assignment-store.ts';
import { ExplainAssignment } from '../src/steps/explain-assignment.ts';
import { LookAtGroup } from '../src/steps/look-at-group.ts';

const tenant = 'default';

describe('groups', () => {
  let database: TestDatabase;
  let db: ReturnType<TestDatabase['as']>;
  const clock = new TestClock('2026-11-22T02:00:00Z');
  beforeAll(async () => {
    database = await testDatabase();
    db = database.as('update_scheduler');
  });
  beforeEach(() =>
    database.admin.query({
      text: 'TRUNCATE status_ingestion.device, update_scheduler.policy, update_scheduler.device_group, update_scheduler.spec_version',
    }),
  );
  afterAll(() => database.close());

  const assignments = () => new PgAssignmentStore(db);
  const put = (input: GroupInput) =>
    database.admin.query({ text: `INSERT INTO update_scheduler.device_group VALUES ($1, $2, 1, $3, now(), now())` }, [
      tenant,
      input.name,
      JSON.stringify(GroupSpec.parse(input)),
    ]);
  const look = () => new LookAtGroup(clock, db, assignments());
  const explain = (deviceId: string) => new ExplainAssignment(clock, db, assignments()).run({ tenant, deviceId });

  const policy = async (input: PolicyInput, createdAt = clock.now().toISOString(), paused = false) => {
    const spec = PolicySpec.parse(input);
    const policyId = crypto.randomUUID();
    await database.admin.query(
      {
        text: `INSERT INTO update_scheduler.policy (tenant, policy_id, name, version, spec, paused, created_at, updated_at)
               VALUES ($1, $2, $3, 1, $4, $5, $6, $6)`,
      },
      [tenant, policyId, spec.name, JSON.stringify(spec), paused, createdAt],
    );
  };
  const device = (id: string, osVersion: string | null, platform = 'macOS') =>
    database.admin.query(
      {
        text: `INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, os_version, os_version_key, updated_at)
               SELECT 'default', $1, true, 1, $2, $3, (p[1] * 1000000 + coalesce(p[2], 0) * 1000 + coalesce(p[3], 0))::bigint, now()
                 FROM (SELECT string_to_array($3, '.')::int[] AS p) v
               ON CONFLICT (tenant, device_id) DO UPDATE SET os_version = EXCLUDED.os_version, os_version_key = EXCLUDED.os_version_key`,
      },
      [id, platform, osVersion],
    );
  const below = (name: string, version: string): GroupInput => ({
    name,
    any: [{ all: [{ fact: 'osVersion', operator: 'below', value: version }] }],
  });

  it('are tried before they are stored: a count and a sample of who would be a member', async () => {
    for (let i = 0; i < 30; i++) await device(`mac-${String(i).padStart(2, '0')}`, i < 25 ? '14.1' : '26.1');
    await device('mac-00:user', '14.1');
    const { devices, enrolled, sample } = await look().test({ tenant, spec: GroupSpec.parse(below('x', '15')) });
    expect({ devices, enrolled, sample: sample.length }).toEqual({ devices: 25, enrolled: 30, sample: 20 });
    expect(sample[0]).toMatchObject({ deviceId: 'mac-00', osVersion: '14.1' });
  });

  it('take a device in and let it go by its facts alone, and are paged', async () => {
    await put(below('old', '15'));
    for (const id of ['a', 'b', 'c']) await device(id, '14.1');
    const page = (cursor: string) => look().devices({ tenant, name: 'old', cursor, limit: 2 });
    expect((await page('')).items.map((one) => one.deviceId)).toEqual(['a', 'b']);
    expect(await page('b')).toMatchObject({ items: [{ deviceId: 'c' }], next: null });
    await device('a', '26.1');
    expect((await page('')).items.map((one) => one.deviceId)).toEqual(['b', 'c']);
    await expect(look().devices({ tenant, name: 'no', cursor: '', limit: 2 })).rejects.toThrow('no group "no"');
  });

  it('decide which policies have a device, of several the one with the greatest precedence, and say why not', async () => {
    await put(below('old', '15'));
    await put({ name: 'spare', devices: ['mac'] });
    await device('mac', '26.1');
    await policy({ name: 'all', precedence: 10 });
    await policy({ name: 'all too', precedence: 10 }, '2026-11-21T02:00:00.000Z');
    await policy({ name: 'for old ones', precedence: 50, assignment: { groups: ['old'] } });
    await policy({ name: 'not for spare ones', precedence: 40, assignment: { excludedGroups: ['spare'] } });
    await policy({ name: 'phones', precedence: 30, platforms: ['iOS'] });
    await policy({ name: 'typing error', precedence: 20, assignment: { groups: ['spear'] } });
    const { policies } = await explain('mac');
    expect(policies.map(({ name, matches, effective, text }) => [name, matches, effective, text])).toEqual([
      [
        'for old ones',
        false,
        false,
        'the device is in none of its groups: "old" wants osVersion below 15 (it is 26.1)',
      ],
      ['not for spare ones', false, false, 'it excludes the group "spare", of which the device is a member'],
      ['phones', false, false, 'it is not for macOS'],
      [
        'typing error',
        false,
        false,
        'it names the group "spear", which there is not: it takes in no device until there is',
      ],
      ['all too', true, true, 'it is for all devices of its platforms'],
      ['all', true, false, 'it is for all devices of its platforms'],
    ]);
    await expect(explain('nobody')).rejects.toMatchObject({ code: 'device.not-found' });
  });

  it('of a paused policy keep their devices: they do not fall to the next policy', async () => {
    await device('mac', '26.1');
    await policy({ name: 'paused', precedence: 50 }, undefined, true);
    await policy({ name: 'next', precedence: 10 });
    expect((await explain('mac')).policies.find((one) => one.effective)).toMatchObject({
      name: 'paused',
      paused: true,
    });
  });
});
