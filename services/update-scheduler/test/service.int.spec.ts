import {
  commandEnqueue,
  commandEnded,
  deviceObserved,
  message,
  policyPut,
  PolicySpec,
  subjectFor,
} from '@lamplighter/contracts';
import { Broker } from '@lamplighter/messaging';
import { Publisher, Requester, type RunningService, startService } from '@lamplighter/runtime';
import { testDatabase, type TestDatabase, testNats, testSettings, waitFor } from '@lamplighter/testing';
import { config } from '../src/config.ts';
import { UpdateSchedulerModule } from '../src/update-scheduler.module.ts';
import { Night, TENANT } from './night.ts';
import { FEED } from './night/feed.ts';

/** A window that is open now, whenever the test runs. */
const openNow = () => {
  const start = new Date(Date.now() - 30 * 60_000).toISOString().slice(11, 16);
  return { start, lengthMinutes: 240, zone: 'UTC' as const };
};

describe('the service on a real broker', () => {
  let database: TestDatabase;
  let running: RunningService;
  let night: Night;
  beforeAll(async () => {
    database = await testDatabase();
    night = await Night.begin(database, {}, new Date().toISOString());
    const nats = testNats();
    running = await startService('update-scheduler', UpdateSchedulerModule, config, {
      ...testSettings(nats),
      LAMP_DATABASE_URL: database.urlOf('update_scheduler'),
      LAMP_WINDOW_TICK_MS: '50',
      LAMP_WAVE_TICK_MS: '50',
    });
  });
  afterAll(async () => {
    await running?.stop();
    await database?.close();
  });
  const publisher = () => running.app.get(Publisher, { strict: false });
  const state = async (id: string) => (await night.states())[id];

  it('brings a policy to a command on the broker, and the device’s answers to its state', async () => {
    const feed = FEED.replaceAll('2027-11-20', '2099-01-01');
    await night.importCatalog.run('test', feed);
    await night.devices({ id: 'P' }, { id: 'Q' });
    const requester = running.app.get(Requester, { strict: false });
    const spec = PolicySpec.parse({ name: 'now', windows: [openNow()], pace: { devicesPerMinute: 60_000, spread: 0 } });
    expect(await requester.request(policyPut, { tenant: TENANT, spec })).toMatchObject({ ok: { version: 1 } });
    expect(await requester.request(policyPut, { tenant: TENANT, spec })).toMatchObject({
      error: { code: 'policy.name-taken' },
    });
    await waitFor(
      'both devices to be asked',
      async () => (await state('P')) === 'scanning' && (await state('Q')) === 'scanning',
    );

    const broker = running.app.get(Broker, { strict: false });
    expect(subjectFor(broker.prefix, commandEnqueue, TENANT, 'x')).toContain('.work.default.command.enqueue.');
    const head = { tenant: TENANT, at: new Date() };
    const reportId = '00000000-0000-8000-8000-000000000001';
    const products = [{ productKey: 'k26', version: '26.6', build: '23U67' }];
    const observed = {
      deviceId: 'P',
      reportId,
      commandId: (await night.row('P')).commandId!,
      at: head.at.toISOString(),
      observation: { kind: 'available-updates' as const, products },
    };
    const expired = {
      deviceId: 'Q',
      commandId: (await night.row('Q')).commandId!,
      requestType: 'AvailableOSUpdates',
      cause: 'x',
      endedAt: head.at.toISOString(),
      outcome: 'expired' as const,
      handedOver: false,
      notNowCount: 0,
    };
    await publisher().publish(deviceObserved, message(deviceObserved, { ...head, id: 'o1' }, [observed]), 'P');
    await publisher().publish(deviceObserved, message(deviceObserved, { ...head, id: 'o2' }, [observed]), 'P');
    await publisher().publish(commandEnded, message(commandEnded, { ...head, id: 'e1' }, [expired]), 'Q');
    await waitFor(
      'the answer and the expiry to arrive',
      async () => (await state('P')) === 'available' && (await state('Q')) === 'waiting: no-contact',
    );
    await waitFor('everything staged to be published', async () => (await night.commands()).length === 0);
    expect((await night.row('P')).step).toBe('download');
  });

  it('makes the day partitions of its history', async () => {
    await waitFor('partitions', async () => {
      const [row] = await database.admin.query<{ count: number }>({
        text: `SELECT count(*) AS count FROM pg_inherits WHERE inhparent = 'update_scheduler.update_event'::regclass`,
      });
      return row!.count >= 4;
    });
  });
});
