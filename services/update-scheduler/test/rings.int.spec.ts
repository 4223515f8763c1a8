import type { PolicyInput } from '@lamplighter/contracts';
import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { Night, TENANT } from './night.ts';

const NIGHT_MINUTES = 24 * 60;
const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `${prefix}${index}` }));

const raise = (): never => {
  throw new Error('no window has opened');
};

describe('rings', () => {
  let database: TestDatabase;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    night = await Night.begin(database, {});
    await night.database.admin.query(
      {
        text: `INSERT INTO update_scheduler.device_group (tenant, name, version, spec, created_at, updated_at)
               VALUES ($1, 'pilot', 1, $2, now(), now())`,
      },
      [
        TENANT,
        {
          name: 'pilot',
          any: [{ all: [{ fact: 'deviceId', operator: 'like', value: 'P*' }] }],
          devices: [],
          excludedDevices: [],
        },
      ],
    );
  });
  afterAll(() => database.close());

  const inRings = (more: Partial<PolicyInput> = {}) =>
    night.policy({
      rings: [
        { name: 'pilot', groups: ['pilot'] },
        { name: 'half', percent: 50, afterDays: 1 },
        { name: 'all', afterDays: 2 },
      ],
      ...more,
    });
  const rings = () =>
    night.db.query<{ name: string; state: string; devices: number; reason: string | null; opensOn: string }>({
      text: `SELECT name, state, devices, sent, failed, reason, opens_on::text AS "opensOn" FROM update_scheduler.ring ORDER BY ring`,
    });
  const ringOf = async (): Promise<Record<string, number | null>> => {
    const rows = await night.db.query<{ id: string; ring: number | null }>({
      text: `SELECT device_id AS id, ring FROM update_scheduler.device_update`,
    });
    return Object.fromEntries(rows.map(({ id, ring }) => [id, ring]));
  };
  const count = async (state: string): Promise<number> =>
    Object.values(await night.states()).filter((one) => one === state).length;
  const fail = async (ids: readonly string[]): Promise<void> => {
    await night.db.query(
      {
        text: `UPDATE update_scheduler.device_update SET state = 'failed', reason = 'install-failed' WHERE device_id = ANY($1)`,
      },
      [ids],
    );
  };

  it('go out in order by days from the first window, each device with the first ring that takes it in', async () => {
    await inRings();
    await night.devices(...names('P', 3), ...names('D', 40));
    await night.start();
    expect([await count('scanning'), await count('not-eligible: ring-not-reached')]).toEqual([3, 40]);
    expect(await rings()).toMatchObject([
      { name: 'pilot', state: 'open', opensOn: '2026-11-20' },
      { name: 'half', state: 'waiting', opensOn: '2026-11-21' },
      { name: 'all', state: 'waiting', opensOn: '2026-11-22' },
    ]);
    const before = await ringOf();
    const halves = Object.values(before).filter((ring) => ring === 1).length;
    expect(halves).toBeGreaterThan(8);
    expect(halves).toBeLessThan(32);

    night.minutes(NIGHT_MINUTES);
    await night.start();
    expect(await count('not-eligible: ring-not-reached')).toBe(40 - halves);
    night.minutes(NIGHT_MINUTES);
    await night.start();
    expect(await count('not-eligible: ring-not-reached')).toBe(0);
    expect(await ringOf()).toEqual(before);
    expect((await rings()).map((ring) => ring.state)).toEqual(['open', 'open', 'open']);
  });

  it('says of a device that no ring takes in', async () => {
    await inRings({ rings: [{ name: 'pilot', groups: ['pilot'] }] });
    await night.devices({ id: 'P0' }, { id: 'D0' });
    await night.openAndPlan();
    expect(await night.states()).toEqual({ P0: 'planned', D0: 'not-eligible: no-ring' });
  });

  it('may count days from the release of each device', async () => {
    await night.policy({
      rings: [
        { name: 'pilot', groups: ['pilot'] },
        { name: 'all', from: 'release', afterDays: 90 },
      ],
    });
    await night.devices({ id: 'P0' }, { id: 'D0' }, { id: 'M0', platform: 'macOS', os: '26.1' });
    await night.openAndPlan();
    expect(await night.states()).toEqual({ P0: 'planned', D0: 'planned', M0: 'planned' });
    await night.policy({ name: 'slow', precedence: 900, rings: [{ name: 'all', from: 'release', afterDays: 96 }] });
    await night.openAndPlan();
    expect(
      await night.db.query({
        text: `SELECT device_id, reason FROM update_scheduler.device_update WHERE reason = 'ring-not-reached'`,
      }),
    ).toEqual([{ device_id: 'M0', reason: 'ring-not-reached' }]);
  });

  it('halt by themselves when the rings before them fail, tell so once, and go on when an operator overrides', async () => {
    await inRings({ healthGate: { minimumSample: 4 } });
    await night.devices(...names('P', 4), ...names('D', 10));
    await night.start();
    await fail(['P0']);
    night.minutes(NIGHT_MINUTES);
    await night.start();
    await night.start();
    expect(await rings()).toMatchObject([
      { state: 'open', sent: 4, failed: 1 },
      { state: 'halted', reason: 'failure-rate' },
      { state: 'waiting' },
    ]);
    const halts = await night.staged<{ name: string; rate: number; limit: number }>('rollout.halted');
    expect(halts.flatMap((one) => one.items)).toMatchObject([{ name: 'half', rate: 0.25, limit: 0.05 }]);
    const held = await count('not-eligible: ring-halted');
    expect(held).toBeGreaterThan(0);

    const [{ rolloutId } = raise()] = await night.occurrences();
    const resume = (override: boolean) =>
      night.controlRollout.run({ tenant: TENANT, rolloutId, action: 'resume', override });
    await expect(resume(false)).rejects.toMatchObject({ code: 'rollout.halted' });
    expect(await resume(true)).toMatchObject({ state: 'running', overridden: 1 });
    await night.start();
    await night.judgeRings.run();
    expect(await count('not-eligible: ring-halted')).toBe(0);
    expect((await rings())[1]).toMatchObject({ state: 'open', reason: null, devices: held });
  });

  it('hold back the waves of a ring that is halted while it is being released', async () => {
    const ringsAtOnce = [{ name: 'pilot', groups: ['pilot'] }, { name: 'all' }];
    await inRings({ rings: ringsAtOnce, healthGate: { minimumSample: 2 }, pace: { devicesPerMinute: 2, spread: 0 } });
    await night.devices(...names('P', 2), ...names('D', 4));
    await night.start();
    expect(await count('scanning')).toBe(2);
    await fail(['P0', 'P1']);
    await night.judgeRings.run();
    night.minutes(10);
    while (await night.releaseWave.run());
    expect([await count('planned'), (await rings())[1]!.state]).toEqual([4, 'halted']);
    night.minutes(300);
    await night.closeWindow.run();
    expect(await count('waiting: ring-halted')).toBe(4);
  });

  it('tell no device of a halted ring to download or install, also where it was asked before', async () => {
    await inRings({ rings: [{ name: 'pilot', groups: ['pilot'] }, { name: 'all' }], healthGate: { minimumSample: 2 } });
    await night.devices(...names('P', 3), { id: 'D0' });
    await night.start();
    night.minutes(1);
    while (await night.releaseWave.run());
    expect(await count('scanning')).toBe(4);
    await fail(['P0', 'P1']);
    await night.judgeRings.run();
    const products = [{ productKey: 'k26', version: '26.6', build: '23U67' }];
    const offers = { kind: 'available-updates', products } as const;
    expect(await night.answer('D0', { ...offers, products })).toBe('AvailableOSUpdates');
    expect(await night.states()).toMatchObject({ D0: 'available: ring-halted' });
    expect(await night.answer('P2', { ...offers, products })).toBe('ScheduleOSUpdate');
    const [{ rolloutId } = raise()] = await night.occurrences();
    await night.controlRollout.run({ tenant: TENANT, rolloutId, action: 'resume', override: true });
    expect(await night.answer('D0', { ...offers, products })).toBe('ScheduleOSUpdate');
  });

  it('are passed over in an emergency, which an operator may declare', async () => {
    await inRings({ windows: [{ start: '01:00', zone: 'UTC' }] });
    await night.devices({ id: 'P0' }, { id: 'D0' });
    await night.start();
    expect(await count('scanning')).toBe(1);
    const [{ rolloutId } = raise()] = await night.occurrences();
    await night.controlRollout.run({ tenant: TENANT, rolloutId, action: 'emergency' });
    await night.start();
    expect(await count('scanning')).toBe(2);
  });
});
