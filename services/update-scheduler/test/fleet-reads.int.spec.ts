import { testDatabase, type TestDatabase, waitFor } from '@lamplighter/testing';
import { PgAssignmentStore } from '../src/out/pg-assignment-store.ts';
import { PgDryRunStore } from '../src/out/pg-dry-run-store.ts';
import { readFleet } from '../src/out/fleet-read.ts';
import { DryRun } from '../src/steps/dry-run.ts';
import { LimitFleetReads } from '../src/steps/limit-fleet-reads.ts';
import { GroupResponder } from '../src/in/group.responder.ts';
import { LookAtGroup } from '../src/steps/look-at-group.ts';
import { Night, TENANT } from './night.ts';

describe('what reads the whole fleet', () => {
  let database: TestDatabase;
  let night: Night;
  let policyId: string;
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    night = await Night.begin(database);
    await night.devices({ id: 'a' });
    ({ policyId } = await night.policy());
  });
  afterAll(() => database.close());

  const dryRun = () => new DryRun(night.clock, new PgDryRunStore(night.db)).run({ tenant: TENANT, policyId });
  const groupTest = () =>
    new LookAtGroup(night.clock, night.db, new PgAssignmentStore(night.db)).test({
      tenant: TENANT,
      spec: { name: 'all', any: [], devices: ['a'], excludedDevices: [] },
    } as never);
  /** While nobody gets at the fleet. */
  const whileLocked = (work: (waiting: (count: number) => Promise<number[]>) => Promise<void>) =>
    database.admin.transaction(async (tx) => {
      await tx.query({ text: 'LOCK TABLE status_ingestion.device IN ACCESS EXCLUSIVE MODE' });
      await work(async (count) => {
        const waiting = () =>
          database.admin.query<{ pid: number }>({
            text: `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          });
        await waitFor('the readers wait', async () => (await waiting()).length === count);
        return (await waiting()).map(({ pid }) => pid);
      });
    });

  it('is bounded: more than two at once are refused at once, and there is room again after them', async () => {
    const reads = new LimitFleetReads({ LAMP_FLEET_READS: 2 });
    let running: Promise<unknown>[] = [];
    await whileLocked(async (waiting) => {
      running = [reads.run(dryRun), reads.run(dryRun)];
      await waiting(2);
      await expect(reads.run(groupTest)).rejects.toMatchObject({
        code: 'fleet.busy',
        message: '2 others are reading the whole fleet, which is the most at once',
        remedy: 'try again in a few seconds',
      });
    });
    expect(await Promise.all(running)).toMatchObject([{ assigned: 1 }, { assigned: 1 }]);
    expect(await reads.run(groupTest)).toMatchObject({ devices: 1, enrolled: 1 });
  });

  it('is bounded for tests of groups and for pages of their devices alike', async () => {
    const assignments = new PgAssignmentStore(night.db);
    const look = new LookAtGroup(night.clock, night.db, assignments);
    const reads = new LimitFleetReads({ LAMP_FLEET_READS: 1 });
    const groups = new GroupResponder(look, undefined as never, undefined as never, reads);
    const spec = { name: 'all', any: [], devices: ['a'], excludedDevices: [] };
    await database.admin.query(
      { text: `INSERT INTO update_scheduler.device_group VALUES ($1, 'all', 1, $2, now(), now())` },
      [TENANT, spec],
    );
    const page = () => groups.devices({ tenant: TENANT, name: 'all', cursor: '', limit: 10 });
    let running: Promise<unknown> | undefined;
    await whileLocked(async (waiting) => {
      running = page();
      await waiting(1);
      await expect(page()).rejects.toMatchObject({ code: 'fleet.busy' });
      await expect(groups.test({ tenant: TENANT, spec })).rejects.toMatchObject({ code: 'fleet.busy' });
    });
    expect(await running).toMatchObject({ ok: { items: [{ deviceId: 'a' }], next: null } });
  });

  it('is given up when the database ends it, and makes room', async () => {
    const reads = new LimitFleetReads({ LAMP_FLEET_READS: 1 });
    await whileLocked(async (waiting) => {
      const running = reads.run(dryRun).catch((error: unknown) => error);
      for (const pid of await waiting(1)) await database.admin.query({ text: 'SELECT pg_cancel_backend($1)' }, [pid]);
      expect(await running).toMatchObject({ code: 'fleet.busy' });
    });
    expect(await reads.run(dryRun)).toMatchObject({ assigned: 1 });
  });

  it('runs under a time limit of its own, which ends with it', async () => {
    const timeout = { text: 'SHOW statement_timeout' };
    expect(await readFleet(night.db, (tx) => tx.query(timeout))).toEqual([{ statement_timeout: '25s' }]);
    expect(await night.db.query(timeout)).toEqual([{ statement_timeout: '0' }]);
  });
});
