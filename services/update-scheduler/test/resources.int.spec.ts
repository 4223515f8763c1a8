import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { MAX_REQUEST_BYTES, type ResourceInput, resourceOf, resourcesApply } from '@lamplighter/contracts';
import { Night, TENANT } from './night.ts';

const window = (name: string, spec: object = {}): ResourceInput => ({ kind: 'Window', name, spec: { ...spec } });
const policy = (name: string, spec: object = {}): ResourceInput => ({ kind: 'Policy', name, spec: { ...spec } });
const group = (name: string): ResourceInput => ({
  kind: 'Group',
  name,
  spec: { any: [{ all: [{ fact: 'platform', operator: 'equals', value: 'macOS' }] }] },
});

describe('groups, windows and policies', () => {
  let database: TestDatabase;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    night = await Night.begin(database);
  });
  afterAll(() => database.close());

  const apply = (resources: ResourceInput[], more: object = {}) =>
    night.applyResources.run(resourcesApply.input.parse({ tenant: TENANT, by: 'ada', resources, ...more }));
  const outcome = async (...given: Parameters<typeof apply>) =>
    (await apply(...given)).changes.map(({ kind, name, change, version }) => `${kind}/${name} ${change} ${version}`);
  const versions = () =>
    night.db.query<{
      kind: string;
      name: string;
      version: number;
      spec: object | null;
      why: string | null;
      by: string | null;
    }>({
      text: `SELECT kind, name, version, spec, why, changed_by AS by FROM update_scheduler.spec_version ORDER BY kind, name, version`,
    });
  const all = async () => {
    const { stored } = await night.db.transaction((tx) => night.specs.lock(tx, TENANT));
    return stored.map(({ kind, spec }) => resourceOf(kind, spec));
  };

  it('are told what was done to them in one message, however much of them differs', async () => {
    const devices = Array.from({ length: 10_000 }, (_, index) => `${String(index).padStart(5, '0')}-${'X'.repeat(55)}`);
    const listed = (all: string[]): ResourceInput[] => [{ kind: 'Group', name: 'all', spec: { devices: all } }];
    await apply(listed(devices));
    const answer = await apply(listed(devices.toReversed()));
    expect(answer.changes).toMatchObject([{ change: 'changed', version: 2, differences: [], more: 1 }]);
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(MAX_REQUEST_BYTES);
  });

  it('come together, in whatever order they stand, and a repeat changes nothing', async () => {
    const files = [
      policy('macs', { platforms: ['macOS'], windows: ['late'], assignment: { groups: ['macs'] } }),
      window('late', { start: '23:00' }),
      group('macs'),
    ];
    expect(await outcome(files)).toEqual(['Group/macs created 1', 'Window/late created 1', 'Policy/macs created 1']);
    expect(await outcome(files)).toEqual([
      'Group/macs unchanged 1',
      'Window/late unchanged 1',
      'Policy/macs unchanged 1',
    ]);
    expect(await outcome(await all())).toEqual(await outcome(files));
    expect((await versions()).map(({ kind, version, by }) => [kind, version, by])).toEqual([
      ['group', 1, 'ada'],
      ['policy', 1, 'ada'],
      ['window', 1, 'ada'],
    ]);
  });

  it('are checked altogether before anything changes: every mistake is named with its place', async () => {
    const files = [
      window('late', { start: '26:00' }),
      policy('a', { installAction: 'InstallLater' }),
      policy('b', { windows: ['nowhere'], paec: {} }),
      policy('c', { name: 'c' }),
    ];
    const refusal = await apply(files).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'input.invalid' });
    expect((refusal as { fields: { path: string }[] }).fields.map(({ path }) => path)).toEqual([
      'resources.0.spec.start',
      'resources.2.spec.paec',
      'resources.3.spec.name',
    ]);
    const second = await apply([files[1]!, policy('b', { windows: ['nowhere'] })]).catch((error: unknown) => error);
    expect((second as { fields: object[] }).fields).toMatchObject([
      { path: 'resources.0.spec.installAction', value: 'InstallLater' },
      { path: 'resources.1.spec.windows.0', value: 'nowhere' },
    ]);
    expect(await all()).toEqual([]);
  });

  it('are looked at without a change by a dry run, field by field', async () => {
    await apply([policy('a', { pollMinutes: 5 })]);
    const answer = await apply([policy('a', { pollMinutes: 7, platforms: ['macOS'] }), window('w')], { dryRun: true });
    expect(answer).toMatchObject({
      dryRun: true,
      changes: [
        { kind: 'Window', change: 'created' },
        {
          kind: 'Policy',
          change: 'changed',
          version: 2,
          more: 0,
          differences: [
            { path: 'platforms', before: 'iOS' },
            { path: 'platforms', before: 'iPadOS' },
            { path: 'platforms', before: 'tvOS' },
            { path: 'pollMinutes', before: 5, after: 7 },
          ],
        },
      ],
    });
    expect(await all()).toMatchObject([{ name: 'a', spec: { pollMinutes: 5 } }]);
  });

  it('a changed window is a new version of the policies that name it; what runs goes on as it was', async () => {
    await apply([window('nightly'), policy('a', { windows: ['nightly'] }), policy('b')]);
    await night.devices({ id: 'PHONE-1' });
    await night.openAndPlan();
    const rolloutOfA = (await night.occurrences()).map(({ rolloutId }) => rolloutId);
    const before = await night.updates.rolloutTerms(TENANT, rolloutOfA);
    expect(await outcome([window('nightly', { start: '03:00' })])).toEqual([
      'Window/nightly changed 2',
      'Policy/a affected 2',
    ]);
    expect((await versions()).find(({ name, version }) => name === 'a' && version === 2)).toMatchObject({
      why: 'the window "nightly" changed',
    });
    expect(await night.updates.rolloutTerms(TENANT, rolloutOfA)).toEqual(before);
    const active = await night.windows.activePolicies();
    expect(active.find(({ spec }) => spec.name === 'a')?.spec.windows).toMatchObject([{ start: '03:00' }]);
  });

  it('a window cannot go, or become what a policy cannot take, while the policy names it', async () => {
    await apply([window('nightly'), policy('a', { windows: ['nightly', { start: '12:00', lengthMinutes: 60 }] })]);
    await expect(apply([], { remove: [{ kind: 'Window', name: 'nightly' }] })).rejects.toMatchObject({
      code: 'window.in-use',
      message: 'the window "nightly" is named by the policies "a"',
    });
    await expect(apply([window('nightly', { start: '11:30' })])).rejects.toMatchObject({
      fields: [
        { path: 'resources.0.spec.name', message: expect.stringContaining('the policy "a" would no longer hold') },
      ],
    });
    expect(await outcome([policy('a')], { remove: [{ kind: 'Window', name: 'nightly' }] })).toEqual([
      'Policy/a changed 2',
      'Window/nightly removed 2',
    ]);
    expect(await outcome([window('nightly')])).toEqual(['Window/nightly created 3']);
  });

  it('prunes what files no longer hold, of the kinds that are asked for', async () => {
    await apply([window('w'), policy('a', { windows: ['w'] }), policy('b')]);
    expect(await outcome([policy('b')], { prune: ['Policy'] })).toEqual(['Policy/b unchanged 1', 'Policy/a removed 2']);
    expect(await all()).toMatchObject([{ kind: 'Window' }, { kind: 'Policy', name: 'b' }]);
    expect(await outcome([policy('a')])).toEqual(['Policy/a created 1']);
  });

  it('a policy whose window is open goes only with its rollout aborted', async () => {
    await apply([policy('a')]);
    await night.devices({ id: 'PHONE-1' });
    await night.openAndPlan();
    const remove = { remove: [{ kind: 'Policy', name: 'a' }] };
    await expect(apply([], remove)).rejects.toMatchObject({ code: 'policy.in-use' });
    expect(await outcome([], { ...remove, abort: true })).toEqual(['Policy/a removed 2']);
    await night.controlRollout.endAborted();
    expect(await night.states()).toEqual({ 'PHONE-1': 'failed: aborted' });
    expect(await night.staged('command.revoke')).toHaveLength(1);
    expect(await night.windows.activePolicies()).toEqual([]);
    await expect(apply([], remove)).rejects.toMatchObject({ fields: [{ path: 'remove.0.name', value: 'a' }] });
  });

  it('changed by many at the same time leave one story', async () => {
    await apply([window('w')]);
    const starts = Array.from({ length: 8 }, (_, hour) => `0${hour}:00`);
    await Promise.all(starts.map((start) => apply([window('w', { start })])));
    const told = (await versions()).map(({ version }) => version);
    expect(told).toEqual(Array.from({ length: told.length }, (_, index) => index + 1));
  });

  it('pause one policy, or all, until they are resumed', async () => {
    const [{ id } = { id: '' }] = (await apply([policy('a'), policy('b')])).changes;
    const active = async () => (await night.windows.activePolicies()).map(({ spec }) => spec.name);
    expect(await night.controlPolicy.run({ tenant: TENANT, policyId: id, action: 'pause' })).toMatchObject({
      paused: true,
    });
    expect(await active()).toEqual(['b']);
    await night.controlPolicy.tenant({ tenant: TENANT, action: 'pause' });
    expect(await active()).toEqual([]);
    await night.controlPolicy.tenant({ tenant: TENANT, action: 'resume' });
    await night.controlPolicy.run({ tenant: TENANT, policyId: id, action: 'resume' });
    expect((await active()).toSorted()).toEqual(['a', 'b']);
    await expect(night.controlPolicy.run({ tenant: 'other', policyId: id, action: 'pause' })).rejects.toMatchObject({
      code: 'policy.not-found',
    });
  });
});
