import pg from 'pg';
import { parseConfig } from '@lamplighter/runtime';
import { testDatabase, type TestDatabase, waitFor } from '@lamplighter/testing';
import { config } from '../src/config.ts';
import { JoinClock } from '../src/in/join.clock.ts';
import { Night, TENANT } from './night.ts';

const DEVICES = 60;

class JoinNow extends JoinClock {
  now(): Promise<void> {
    return this.tick();
  }
}

describe('two schedulers, one of which is killed', () => {
  let database: TestDatabase;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    night = await Night.begin(database, { LAMP_PLAN_CHUNK: '10' });
    await night.policy({ pace: { devicesPerMinute: 5, spread: 0 } });
    await night.devices(
      ...Array.from({ length: DEVICES }, (_, index) => ({ id: `D${String(index).padStart(2, '0')}` })),
    );
  });
  afterAll(() => database.close());

  /** Each device has one command, and every command its event. */
  const everyDeviceOnce = async (): Promise<void> => {
    const commands = await night.commands();
    expect(new Set(commands.map((one) => one.deviceId)).size).toBe(DEVICES);
    expect(commands).toHaveLength(DEVICES);
    const moved = (await night.staged<{ deviceId: string; to: string }>('update.advanced')).flatMap((one) => one.items);
    expect(moved.filter((one) => one.to === 'scanning')).toHaveLength(DEVICES);
  };

  /** Breaks the connections of whoever holds a wave: what the server sees of a process that is killed. */
  const killHolder = async (): Promise<number> => {
    const admin = new pg.Client({ connectionString: database.urlOf('update_scheduler') });
    await admin.connect();
    const { rows } = await admin.query<{ pid: number }>(
      `SELECT DISTINCT l.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.relation = 'update_scheduler.wave'::regclass AND a.state = 'idle in transaction' AND a.pid <> pg_backend_pid()`,
    );
    for (const { pid } of rows) await admin.query('SELECT pg_terminate_backend($1)', [pid]);
    await admin.end();
    return rows.length;
  };

  it('lose and repeat nothing when one dies amid a wave: its connection breaks before the commit', async () => {
    const other = new Night(database, night.clock);
    await night.openAndPlan();
    night.minutes(60);
    // The one that dies has claimed a wave and moved its devices; it never gets to its commit.
    let reached = (): void => undefined;
    const amid = new Promise<void>((resolve) => (reached = resolve));
    let letGo = (): void => undefined;
    const killed = new Promise<void>((resolve) => (letGo = resolve));
    const send = night.waves.send.bind(night.waves);
    night.waves.send = async (...args) => {
      const sent = await send(...args);
      reached();
      await killed;
      return sent;
    };
    const dying = night.releaseWave.run();
    await amid;
    // Meanwhile the other releases what is not held.
    while (await other.releaseWave.run());
    expect(new Set((await night.commands()).map((one) => one.deviceId)).size).toBe(DEVICES - 5);
    await waitFor('the connection to be cut', async () => (await killHolder()) > 0);
    letGo();
    await dying;
    expect(night.log.lines.filter(({ text }) => text.startsWith('wave released'))).toEqual([]);
    expect(night.log.lines.at(-1)!.text).toContain('could not be released');
    night.waves.send = send;
    while (await other.releaseWave.run());
    await everyDeviceOnce();
  });

  it('plan and release together without a wave or a device twice', async () => {
    const other = new Night(database, night.clock, { LAMP_PLAN_CHUNK: '7' });
    await night.openWindow.run();
    const [{ occurrenceId } = { occurrenceId: '' }] = await night.occurrences();
    const plan = (one: Night) => one.planRollout.run({ tenant: TENANT, occurrenceId });
    await Promise.all([plan(night), plan(other)]);
    night.minutes(60);
    const release = async (one: Night): Promise<void> => {
      while (await one.releaseWave.run());
    };
    await Promise.all([release(night), release(other), release(night)]);
    await everyDeviceOnce();
  });

  it('end an abort that the other began', async () => {
    const other = new Night(database, night.clock);
    await night.openAndPlan();
    await night.releaseWave.run();
    const [{ rolloutId } = { rolloutId: '' }] = await night.occurrences();
    await other.controlRollout.endAborted();
    // The one that was told dies before it has ended a single update.
    await night.controlRollout.run({ tenant: TENANT, rolloutId, action: 'abort' });
    await other.controlRollout.endAborted();
    expect(new Set(Object.values(await night.states()))).toEqual(new Set(['failed: aborted']));
    night.minutes(60);
    expect(await other.releaseWave.run()).toBe(false);
  });

  it('plan the other windows where one cannot be planned', async () => {
    await night.policy({ name: 'sound', windows: [{ zone: 'UTC' }] });
    await night.openWindow.run();
    const [poisoned, ...sound] = await night.occurrences();
    expect(sound.length).toBeGreaterThan(0);
    const planChunk = night.plans.planChunk.bind(night.plans);
    night.plans.planChunk = async (tx, terms, chunk) => {
      if (terms.occurrenceId === poisoned!.occurrenceId) throw new Error('its statement has too many parameters');
      return planChunk(tx, terms, chunk);
    };
    const settings = parseConfig('update-scheduler', config, {});
    await new JoinNow(settings, night.log, night.clock, night.plans, night.planRollout).now();
    const states = (await night.occurrences()).map(({ occurrenceId, state }) => [occurrenceId, state]);
    expect(states).toEqual([[poisoned!.occurrenceId, 'opened'], ...sound.map((one) => [one.occurrenceId, 'planned'])]);
  });

  it('go on with a plan that the other left', async () => {
    const planChunk = night.plans.planChunk.bind(night.plans);
    let chunks = 0;
    night.plans.planChunk = async (...args) => {
      if (chunks++ === 2) throw new Error('killed');
      return planChunk(...args);
    };
    await expect(night.openAndPlan()).rejects.toThrow('killed');
    const other = new Night(database, night.clock);
    for (const one of await other.plans.unplanned(night.clock.now())) await other.planRollout.run(one);
    expect(await night.occurrences()).toMatchObject([{ state: 'planned', planned: DEVICES }]);
    expect(await night.staged('rollout.planned')).toHaveLength(1);
  });
});
