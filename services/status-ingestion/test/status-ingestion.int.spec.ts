import {
  acknowledgedFixture,
  AVAILABLE_UPDATES,
  DEVICE_INFORMATION,
  errorFixture,
  NO_UPDATE_CHAIN,
  notNowFixture,
  UPDATE_STATUS,
} from '@lamplighter/apple';
import type { PlistInput } from '@lamplighter/apple';
import { commandAnswered, derivedUuid, deviceEnrolled, deviceLeft, message } from '@lamplighter/contracts';
import type { ItemOf, MessageDefinition } from '@lamplighter/contracts';
import { JetStreamPublisher, connectBroker, PublishWindow } from '@lamplighter/messaging';
import type { Broker } from '@lamplighter/messaging';
import { startService } from '@lamplighter/runtime';
import type { RunningService } from '@lamplighter/runtime';
import { silentLog, testDatabase, testNats, testSettings, waitFor } from '@lamplighter/testing';
import type { TestDatabase } from '@lamplighter/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { config } from '../src/config.ts';
import { StatusIngestionModule } from '../src/status-ingestion.module.ts';
import { Collector } from './collector.ts';

const nats = testNats();
let database: TestDatabase;
let service: RunningService;
let broker: Broker;
let publisher: JetStreamPublisher;
let collector: Collector;
let counter = 0;

beforeAll(async () => {
  database = await testDatabase();
  service = await startService('status-ingestion', StatusIngestionModule, config, {
    ...testSettings(nats),
    LAMP_DATABASE_URL: database.urlOf('status_ingestion'),
  });
  broker = await connectBroker({
    ...nats,
    service: 'spec',
    replicas: 1,
    maxBytes: 67_108_864,
    log: silentLog,
  });
  publisher = new JetStreamPublisher(new PublishWindow(broker), nats.prefix);
  collector = new Collector(broker);
});

afterAll(async () => {
  await service?.stop();
  await broker?.close();
  await database?.close();
});

async function publish<D extends MessageDefinition>(definition: D, ...items: ItemOf<D>[]): Promise<void> {
  const id = `spec-${(counter += 1)}`;
  const head = { id, tenant: 'default', at: new Date() };
  await publisher.publish(definition, message(definition, head, items as never[]) as never, id);
}

type Answered = ItemOf<typeof commandAnswered>;

function answered(deviceId: string, requestType: string, xml: Buffer, more: Partial<Answered> = {}): Answered {
  return {
    deviceId,
    commandId: derivedUuid('spec', deviceId, requestType),
    requestType,
    cause: 'spec',
    status: 'Acknowledged',
    receivedAt: '2026-11-20T02:00:00.000Z',
    payload: { xml: xml.toString() },
    ...more,
  };
}

function acknowledged(
  deviceId: string,
  requestType: string,
  keys: { [key: string]: PlistInput },
  more: Partial<Answered> = {},
) {
  return answered(deviceId, requestType, acknowledgedFixture('any', deviceId, keys), more);
}

interface DeviceRow {
  enrolled: boolean;
  generation: number;
  platform: string;
  os_version: string | null;
  os_version_key: number | null;
  facts_at: Date | null;
  last_answer_at: Date | null;
}

async function device(deviceId: string): Promise<DeviceRow | undefined> {
  const text = "SELECT * FROM status_ingestion.device WHERE tenant = 'default' AND device_id = $1";
  return (await database.admin.query<DeviceRow>({ text }, [deviceId]))[0];
}

async function rows(table: string, deviceId: string): Promise<Record<string, unknown>[]> {
  return database.admin.query({ text: `SELECT * FROM status_ingestion.${table} WHERE device_id = $1 ORDER BY 3` }, [
    deviceId,
  ]);
}

const ENROLLED: Omit<ItemOf<typeof deviceEnrolled>, 'deviceId'> = {
  kind: 'device',
  generation: 1,
  at: '2026-11-19T10:00:00.000Z',
  facts: { productName: 'iPhone15,2', osVersion: '17.1', buildVersion: '21B80' },
};

describe('enrollment', () => {
  it("makes a device of Authenticate's facts and asks it once what it is", async () => {
    await publish(
      deviceEnrolled,
      { ...ENROLLED, deviceId: 'enroll-1' },
      { ...ENROLLED, deviceId: 'enroll-1:USER', kind: 'user' },
      { ...ENROLLED, deviceId: 'enroll-1:OTHER', kind: 'user-enrollment', parentId: 'enroll-1' },
    );
    await publish(deviceEnrolled, { ...ENROLLED, deviceId: 'enroll-1' });
    await publish(deviceEnrolled, { ...ENROLLED, deviceId: 'enroll-2' });
    await waitFor('the second device', () => device('enroll-2'));
    expect(await device('enroll-1')).toMatchObject({
      enrolled: true,
      generation: 1,
      platform: 'iOS',
      os_version: '17.1',
      os_version_key: 17_001_000,
    });
    for (const user of ['enroll-1:USER', 'enroll-1:OTHER']) expect(await device(user)).toBeUndefined();
    const commands = await collector.enqueued((found) => found.some((one) => one.deviceId === 'enroll-2'));
    const asked = commands.filter((one) => one.deviceId === 'enroll-1');
    expect(asked).toEqual([expect.objectContaining({ commandId: derivedUuid('inventory', 'default', 'enroll-1', 1) })]);
  });

  it('of an older generation never overwrites a newer one', async () => {
    await publish(deviceEnrolled, {
      ...ENROLLED,
      deviceId: 'again',
      generation: 2,
      facts: { osVersion: '18.0' },
    });
    await publish(deviceEnrolled, {
      ...ENROLLED,
      deviceId: 'again',
      generation: 1,
      facts: { osVersion: '17.0' },
    });
    await publish(deviceEnrolled, { ...ENROLLED, deviceId: 'again-done' });
    await waitFor('the last device', () => device('again-done'));
    expect(await device('again')).toMatchObject({ generation: 2, os_version: '18.0' });
  });

  it('ends when the device leaves, and a departure from before it does not end it', async () => {
    await publish(deviceEnrolled, { ...ENROLLED, deviceId: 'stays' }, { ...ENROLLED, deviceId: 'leaves' });
    await waitFor('the devices', () => device('stays'));
    await publish(
      deviceLeft,
      { deviceId: 'stays', at: '2026-11-18T00:00:00.000Z', reason: 're-enrolled' },
      { deviceId: 'leaves', at: '2026-11-20T00:00:00.000Z', reason: 'CheckOut' },
    );
    await waitFor('the departure', async () => (await device('leaves'))?.enrolled === false);
    expect(await device('stays')).toMatchObject({ enrolled: true });
  });

  it('that is overtaken by its own departure leaves no enrolled device', async () => {
    await publish(deviceLeft, {
      deviceId: 'overtaken',
      at: '2026-11-20T00:00:00.000Z',
      reason: 'CheckOut',
    });
    await waitFor('the departure', () => device('overtaken'));
    await publish(deviceEnrolled, { ...ENROLLED, deviceId: 'overtaken' });
    await waitFor('the enrollment', async () => (await device('overtaken'))?.generation === 1);
    expect(await device('overtaken')).toMatchObject({ enrolled: false });
  });
});

describe('answers', () => {
  it('that come twice make one report and one observation, whatever the time of the repeat', async () => {
    const answer = acknowledged('twice', 'OSUpdateStatus', UPDATE_STATUS);
    await publish(commandAnswered, answer, answer);
    await waitFor('the report', async () => (await rows('report', 'twice')).length === 1);
    await publish(commandAnswered, { ...answer, receivedAt: '2026-11-21T04:00:00.000Z' });
    await publish(commandAnswered, acknowledged('twice-done', 'OSUpdateStatus', UPDATE_STATUS));
    const observed = await collector.observed((found) => found.some((one) => one.deviceId === 'twice-done'));
    expect(observed.filter((one) => one.deviceId === 'twice')).toEqual([
      {
        deviceId: 'twice',
        reportId: derivedUuid('report', answer.commandId, 'Acknowledged', 0),
        commandId: answer.commandId,
        at: answer.receivedAt,
        observation: expect.objectContaining({ kind: 'update-status' }),
      },
    ]);
    expect(await rows('report', 'twice')).toHaveLength(1);
  });

  it('are one event for the devices of a batch', async () => {
    const batch = Array.from({ length: 200 }, (_, n) => acknowledged(`batch-${n}`, 'OSUpdateStatus', {}));
    await publish(commandAnswered, ...batch);
    await collector.observed((found) => found.filter((one) => one.deviceId.startsWith('batch-')).length === 200);
    expect(collector.messagesWith('batch-')).toBe(1);
  });

  it('out of order leave the newest facts', async () => {
    const version = (OSVersion: string) => ({
      QueryResponses: { ...(DEVICE_INFORMATION['QueryResponses'] as object), OSVersion },
    });
    const at = (hour: number) => ({
      receivedAt: `2026-11-20T0${hour}:00:00.000Z`,
      commandId: derivedUuid('facts', hour),
    });
    await publish(commandAnswered, acknowledged('order', 'DeviceInformation', version('15.7.1'), at(5)));
    await publish(commandAnswered, acknowledged('order', 'DeviceInformation', version('15.6'), at(3)));
    await waitFor('both reports', async () => (await rows('report', 'order')).length === 2);
    expect(await device('order')).toMatchObject({
      platform: 'macOS',
      os_version: '15.7.1',
      os_version_key: 15_007_001,
      enrolled: false,
      facts_at: new Date('2026-11-20T05:00:00.000Z'),
    });
    const observed = await collector.observed((found) => found.filter((one) => one.deviceId === 'order').length === 2);
    expect(observed.map((one) => one.observation)).toContainEqual({
      kind: 'facts',
      osVersion: '15.7.1',
      buildVersion: '24G231',
    });
  });

  it.each(['one after the other', 'in one batch'])('out of order tell what no later one did: %s', async (how) => {
    const id = `parts-${how}`;
    const at = (hour: number) => ({ receivedAt: `2026-11-20T0${hour}:00:00.000Z`, commandId: derivedUuid(how, hour) });
    const answer = (hour: number, QueryResponses: { [key: string]: PlistInput }) =>
      acknowledged(id, 'DeviceInformation', { QueryResponses }, at(hour));
    const later = answer(5, { OSVersion: '15.7.1', ProductName: 'Mac16,1' });
    const earlier = answer(3, { OSVersion: '15.6', SupplementalBuildVersion: '24G84', IsSupervised: true });
    if (how === 'in one batch') await publish(commandAnswered, later, earlier);
    else for (const one of [later, earlier]) await publish(commandAnswered, one);
    await waitFor('both reports', async () => (await rows('report', id)).length === 2);
    expect(await device(id)).toMatchObject({
      platform: 'macOS',
      os_version: '15.7.1',
      supplemental_build: null,
      is_supervised: true,
      facts_at: new Date('2026-11-20T05:00:00.000Z'),
    });
  });

  it('replace the list of updates; error 2213 empties it, and an older list does not bring it back', async () => {
    const at = (hour: number) => ({
      receivedAt: `2026-11-20T0${hour}:00:00.000Z`,
      commandId: derivedUuid('list', hour),
    });
    await publish(commandAnswered, acknowledged('list', 'AvailableOSUpdates', AVAILABLE_UPDATES, at(2)));
    await waitFor('the list', async () => (await rows('available_update', 'list')).length === 2);
    await publish(
      commandAnswered,
      answered('list', 'AvailableOSUpdates', errorFixture('any', NO_UPDATE_CHAIN), {
        ...at(4),
        status: 'Error',
      }),
    );
    await waitFor('no list', async () => (await rows('available_update', 'list')).length === 0);
    await publish(commandAnswered, acknowledged('list', 'AvailableOSUpdates', AVAILABLE_UPDATES, at(3)));
    await waitFor('three reports', async () => (await rows('report', 'list')).length === 3);
    expect(await rows('available_update', 'list')).toEqual([]);
    const kept = (await rows('report', 'list')).find((row) => row['status'] === 'Error');
    expect(kept).toMatchObject({
      error_chain: NO_UPDATE_CHAIN,
      observation: { kind: 'available-updates', products: [] },
    });
  });

  it('keep what else a device says of an update, and of a date that is none nothing', async () => {
    const [first] = AVAILABLE_UPDATES['AvailableOSUpdates'] as object[];
    const more = {
      DownloadSize: 2_147_483_648.25,
      InstallSize: 5_000_000_000,
      RequiresBootstrapToken: true,
      SupplementalBuildVersion: '24G771330a',
      SupplementalOSVersionExtra: '(a)',
    };
    const said = {
      AvailableOSUpdates: [
        { ...first, ...more, DeferredUntil: new Date('2026-12-01T00:00:00Z') },
        { ProductKey: 'odd', DeferredUntil: new Date('0000-01-01T00:00:00Z') },
      ],
    };
    await publish(commandAnswered, acknowledged('rich', 'AvailableOSUpdates', said));
    await waitFor('the list', async () => (await rows('available_update', 'rich')).length === 2);
    const listed = await rows('available_update', 'rich');
    expect(listed.find((row) => row['product_key'] !== 'odd')).toMatchObject({
      human_name: 'macOS Sequoia 15.7.1',
      download_size: 2_147_483_648.25,
      install_size: 5_000_000_000,
      deferred_until: new Date('2026-12-01T00:00:00Z'),
      restart_required: true,
      allows_install_later: true,
      is_critical: false,
      requires_bootstrap_token: true,
      supplemental_build: '24G771330a',
      supplemental_extra: '(a)',
    });
    expect(listed.find((row) => row['product_key'] === 'odd')).toMatchObject({
      deferred_until: null,
      restart_required: null,
    });
  });

  it('NotNow are counted one by one', async () => {
    const notNow = (notNowCount: number) =>
      answered('later', 'ScheduleOSUpdate', notNowFixture('any'), {
        status: 'NotNow',
        notNowCount,
      });
    await publish(commandAnswered, notNow(1), notNow(2), notNow(1));
    await waitFor('both reports', async () => (await rows('report', 'later')).length === 2);
  });

  it('that cannot be read are reported as such, and the others of the batch are none the worse', async () => {
    const broken = answered('broken', 'AvailableOSUpdates', Buffer.from('<plist><dict>'));
    const gone = {
      ...answered('gone', 'AvailableOSUpdates', Buffer.from('')),
      payload: { ref: 'no-such-answer' },
    };
    const damaged = {
      ...answered('damaged', 'OSUpdateStatus', Buffer.from('')),
      payload: { gzip: 'AAAA' },
    };
    await publish(commandAnswered, broken, gone, damaged, acknowledged('whole', 'OSUpdateStatus', UPDATE_STATUS));
    const names = ['broken', 'gone', 'damaged', 'whole'];
    const observed = await collector.observed((found) =>
      names.every((name) => found.some((one) => one.deviceId === name)),
    );
    for (const name of ['broken', 'gone', 'damaged']) {
      const { observation } = observed.find((one) => one.deviceId === name)!;
      expect(observation).toMatchObject({ kind: 'error', class: 'unreadable-answer' });
    }
  });

  it('of a user channel are reported, and make no device of it', async () => {
    await publish(commandAnswered, acknowledged('UDID-9:USER-1', 'DeviceInformation', DEVICE_INFORMATION));
    await waitFor('the report', async () => (await rows('report', 'UDID-9:USER-1')).length === 1);
    expect(await device('UDID-9:USER-1')).toBeUndefined();
  });
});

describe('days of reports', () => {
  it('are made ahead', async () => {
    const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    await waitFor("today's partition", async () => {
      const text = 'SELECT 1 FROM pg_class WHERE relname = $1';
      return (await database.admin.query({ text }, [`report_${today}`])).length === 1;
    });
  });
});
