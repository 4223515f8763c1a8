import { testDatabase, type TestDatabase } from '@lamplighter/testing';
import { Night } from './night.ts';

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `D${String(index).padStart(3, '0')}` }));

describe('the pacer', () => {
  let database: TestDatabase;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    night = await Night.begin(database, { LAMP_FIRST_COMMANDS_PER_MINUTE: '60' });
    await night.db.query(
      {
        text: `INSERT INTO update_scheduler.pacer (pacer, tokens, refilled_at) VALUES (1, 30, $1)`,
      },
      [night.clock.now()],
    );
  });
  afterAll(() => database.close());
  const count = async (state: string): Promise<number> => {
    const [row] = await night.db.query<{ count: number }>(
      { text: `SELECT count(*) AS count FROM update_scheduler.device_update WHERE state = $1` },
      [state],
    );
    return row!.count;
  };
  const forecast = async () => {
    await night.predictFinish.run();
    const [row] = await night.db.query<{ at: Date | null; heldBack: string | null }>({
      text: `SELECT predicted_finish_at AS at, held_back AS "heldBack" FROM update_scheduler.occurrence`,
    });
    const { at, heldBack } = row!;
    return { minutes: at && Math.round((at.getTime() - night.clock.now().getTime()) / 60_000), heldBack };
  };

  it('lets no more devices go than the budget of all policies, whichever scheduler asks', async () => {
    await night.policy({ pace: { devicesPerMinute: 20, spread: 0 } });
    await night.policy({
      name: 'macs',
      platforms: ['macOS'],
      precedence: 200,
      pace: { devicesPerMinute: 20, spread: 0 },
    });
    await night.devices(
      ...many(60),
      ...Array.from({ length: 40 }, (_, index) => ({ id: `M${index}`, platform: 'macOS', os: '26.1' })),
    );
    const other = new Night(database, night.clock, { LAMP_FIRST_COMMANDS_PER_MINUTE: '60' });
    await night.openAndPlan();
    night.minutes(0.01);
    const release = () => Promise.all([night.releaseWave.run(), other.releaseWave.run()]);
    while ((await release()).some((one) => one));
    expect(await count('scanning')).toBe(40);
    expect(await night.releaseWave.run()).toBe(false);
    night.minutes(1);
    while ((await release()).some((one) => one));
    expect(await count('scanning')).toBe(80);
  });

  it('holds all waves while too much is still to be queued, and says so with the window', async () => {
    await night.policy({ pace: { devicesPerMinute: 10, spread: 0 } });
    await night.devices(...many(40));
    await night.openAndPlan();
    expect(await forecast()).toEqual({ minutes: 3, heldBack: null });
    night.waitingMessages = 100;
    const busy = new Night(database, night.clock);
    busy.waitingMessages = 100;
    expect(await busy.releaseWave.run()).toBe(false);
    night.minutes(2);
    await busy.predictFinish.run();
    const [row] = await night.db.query<{ heldBack: string }>({
      text: `SELECT held_back AS "heldBack" FROM update_scheduler.occurrence`,
    });
    expect(row!.heldBack).toBe('backlog');
  });

  it('holds all waves while the broker does not answer', async () => {
    await night.policy({ pace: { devicesPerMinute: 10, spread: 0 } });
    await night.devices(...many(10));
    await night.openAndPlan();
    night.waitingMessages = Number.NaN;
    expect(await night.releaseWave.run()).toBe(false);
    expect(await count('planned')).toBe(10);
  });

  it('predicts the finish at the rate that is reached where waves are late, and none once all are gone', async () => {
    await night.policy({ pace: { devicesPerMinute: 10, spread: 0 } });
    await night.devices(...many(40));
    await night.openAndPlan();
    await night.releaseWave.run();
    night.minutes(5);
    const late = new Night(database, night.clock, { LAMP_FIRST_COMMANDS_PER_MINUTE: '60' });
    await late.predictFinish.run();
    const [row] = await night.db.query<{ at: Date }>({
      text: `SELECT predicted_finish_at AS at FROM update_scheduler.occurrence`,
    });
    // Ten in ten minutes, thirty to go.
    expect(row!.at.getTime() - night.clock.now().getTime()).toBe(30 * 60_000);
    while (await night.releaseWave.run());
    expect(await forecast()).toEqual({ minutes: null, heldBack: null });
  });
});
