import { declarationReported, deviceEnrolled, message } from '@lamplighter/contracts';
import type { ItemOf, MessageDefinition } from '@lamplighter/contracts';
import { connectBroker, JetStreamPublisher, PublishWindow } from '@lamplighter/messaging';
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
const ENFORCEMENT = 'com.apple.configuration.softwareupdate.enforcement.specific';
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
  broker = await connectBroker({ ...nats, service: 'spec', replicas: 1, maxBytes: 67_108_864, log: silentLog });
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

type Reported = ItemOf<typeof declarationReported>;

/** `minute`: of the hour in which these tests play. */
function report(deviceId: string, minute: number, StatusItems: unknown, more: object = {}): Reported {
  return {
    deviceId,
    at: new Date(Date.UTC(2026, 10, 20, 2, minute)).toISOString(),
    report: JSON.stringify({ StatusItems, ...more }),
  };
}

async function select(table: string, deviceId: string): Promise<Record<string, unknown>[]> {
  return database.admin.query({ text: `SELECT * FROM status_ingestion.${table} WHERE device_id = $1` }, [deviceId]);
}
const reportsOf = async (deviceId: string) => (await select('report', deviceId)).length;
const ddmOf = async (deviceId: string) => (await select('device_ddm_v1', deviceId))[0];
const deviceOf = async (deviceId: string) => (await select('device', deviceId))[0];

const FULL = {
  device: { 'operating-system': { version: '15.7.1', 'build-version': '24G231' }, model: { identifier: 'Mac16,1' } },
  management: {
    'client-capabilities': {
      'supported-payloads': {
        declarations: { configurations: [ENFORCEMENT] },
        'status-items': ['softwareupdate.install-state'],
      },
    },
    declarations: {
      activations: [],
      configurations: [{ identifier: 'enforce', 'server-token': 't1', active: true, valid: 'valid' }],
      assets: [],
      management: [],
    },
  },
  softwareupdate: { 'install-state': 'none', 'device-id': 'J604AP' },
  later: { than: { us: 27 } },
};

describe('a status report', () => {
  it('becomes facts, history, and what the scheduler is told', async () => {
    await publish(declarationReported, report('full', 0, FULL, { FullReport: true, Errors: [] }));
    const observed = await collector.observed((all) => all.filter((one) => one.deviceId === 'full').length === 2);
    const [status, facts] = observed.filter((one) => one.deviceId === 'full');
    expect(status!.observation).toEqual({
      kind: 'declared-status',
      installState: 'none',
      osVersion: '15.7.1',
      buildVersion: '24G231',
      declarations: [{ identifier: 'enforce', serverToken: 't1', active: true, valid: 'valid', reasons: [] }],
    });
    expect(status).not.toHaveProperty('commandId');
    expect(facts!.observation).toEqual({ kind: 'facts', osVersion: '15.7.1', buildVersion: '24G231' });
    expect(facts!.reportId).not.toBe(status!.reportId);
    expect(await ddmOf('full')).toMatchObject({
      supports_enforcement: true,
      declaration_types: [ENFORCEMENT],
      install_state: 'none',
      pending_version: null,
      reported_at: new Date('2026-11-20T02:00:00.000Z'),
      full_report_at: new Date('2026-11-20T02:00:00.000Z'),
      items: expect.objectContaining({ 'later.than.us': { at: Date.UTC(2026, 10, 20, 2), value: 27 } }),
    });
    expect(await deviceOf('full')).toMatchObject({
      platform: 'macOS',
      os_version: '15.7.1',
      os_version_key: 15_007_001,
      build_version: '24G231',
      software_update_device_id: 'J604AP',
    });
    expect(await select('report', 'full')).toEqual([
      expect.objectContaining({ request_type: 'StatusReport', status: 'Reported', cause: 'ddm', command_id: null }),
    ]);
  });

  it('that is not full adds to what is known, and the newest word holds whatever the order', async () => {
    const failed = { 'install-state': 'failed', 'failure-reason': { count: 1, reason: 'no power' } };
    const waiting = {
      'install-state': 'waiting',
      'pending-version': {
        'os-version': '26.1',
        'build-version': '25B78',
        'target-local-date-time': '2026-11-24T02:00:00',
      },
      'install-reason': { reason: ['declaration'], 'declaration-id': 'enforce' },
    };
    const upgraded = { device: { 'operating-system': { version: '26.1', 'build-version': '25B78' } } };
    await publish(declarationReported, report('parts', 3, { softwareupdate: failed }), report('parts', 5, upgraded));
    await waitFor('both reports', async () => (await reportsOf('parts')) === 2);
    await publish(declarationReported, report('parts', 1, { ...FULL, softwareupdate: waiting }, { FullReport: true }));
    await publish(declarationReported, report('parts', 3, { softwareupdate: failed }));
    await waitFor('the late report', async () => (await reportsOf('parts')) === 3);
    expect(await ddmOf('parts')).toMatchObject({
      install_state: 'failed',
      failure_count: 1,
      failure_reason: 'no power',
      pending_version: '26.1',
      declaration_id: 'enforce',
      reported_at: new Date('2026-11-20T02:05:00.000Z'),
    });
    expect(await deviceOf('parts')).toMatchObject({ os_version: '26.1', build_version: '25B78' });
    const observed = await collector.observed((all) =>
      all.some(
        (one) => one.deviceId === 'parts' && one.observation.kind === 'facts' && one.observation.osVersion === '26.1',
      ),
    );
    expect(
      observed.filter((one) => one.deviceId === 'parts' && one.observation.kind === 'declared-status'),
    ).toHaveLength(3);
  });

  it('that is full replaces all that was said before it', async () => {
    const pending = { 'install-state': 'prepared', 'pending-version': { 'os-version': '26.1', 'build-version': 'b' } };
    await publish(declarationReported, report('anew', 1, { softwareupdate: pending, odd: { thing: 1 } }));
    await publish(declarationReported, report('anew', 2, FULL, { FullReport: true }));
    await waitFor('the full report', async () => (await ddmOf('anew'))?.['full_report_at']);
    const row = await ddmOf('anew');
    expect(row).toMatchObject({ install_state: 'none', pending_version: null });
    expect(row!['items']).not.toHaveProperty(['odd.thing']);
  });

  it('that comes twice is one of the history, and is told once', async () => {
    const one = report('twice', 0, FULL);
    await publish(declarationReported, one, one);
    await waitFor('the report', async () => (await reportsOf('twice')) === 1);
    await publish(declarationReported, one);
    await publish(declarationReported, report('twice-done', 0, FULL));
    const observed = await collector.observed((all) => all.some((item) => item.deviceId === 'twice-done'));
    expect(observed.filter((item) => item.deviceId === 'twice')).toHaveLength(2);
    expect(await reportsOf('twice')).toBe(1);
  });

  it('of a user channel is kept under its own name, and makes no device of it', async () => {
    await publish(declarationReported, report('UDID-9:USER', 0, FULL));
    await waitFor('the report', () => ddmOf('UDID-9:USER'));
    expect(await ddmOf('UDID-9:USER')).toMatchObject({ ddm_enabled: true, install_state: 'none' });
    expect(await deviceOf('UDID-9:USER')).toBeUndefined();
  });

  it.each([
    ['no JSON', 'hello'],
    ['a list', '[]'],
    ['brackets', `{"StatusItems":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`],
    ['NUL', '{"StatusItems":{"device":{"model":{"identifier":"\\u0000"}}}}'],
    ['half a character', '{"StatusItems":{"softwareupdate":{"install-state":"\\udc00"}}}'],
  ])('of %s is told as one that could not be read, and spoils no other', async (what, text) => {
    const bad = { ...report(`bad ${what}`, 0, {}), report: text };
    await publish(declarationReported, bad, report(`good beside ${what}`, 0, FULL));
    const observed = await collector.observed((all) => all.some((one) => one.deviceId === `good beside ${what}`));
    expect(observed.find((one) => one.deviceId === `bad ${what}`)!.observation).toMatchObject({
      kind: 'error',
      class: 'unreadable-answer',
    });
    expect(await ddmOf(`bad ${what}`)).toMatchObject({ ddm_enabled: false, reported_at: null });
  });

  it('of great size is kept in part, and what decides something is kept', async () => {
    const apps = Array.from({ length: 2000 }, (_, n) => ({ identifier: `com.example.app-${n}`, name: 'x'.repeat(60) }));
    const hostile = { __proto__: { install: 1 }, constructor: { name: 'x' }, toString: 'y', '': { '': '' } };
    const items = { ...FULL, mdm: { app: apps }, ...hostile, ['n'.repeat(5000)]: { a: 1 } };
    await publish(declarationReported, report('large', 0, items, { FullReport: true }));
    await waitFor('the report', () => ddmOf('large'));
    const row = await ddmOf('large');
    expect(row).toMatchObject({ install_state: 'none', supports_enforcement: true });
    expect(Object.keys(row!['items'] as object).length).toBeLessThanOrEqual(500);
  });
});

describe('declarative management of a device', () => {
  const enrolled = (generation: number, minute: number) => ({
    deviceId: 'again',
    kind: 'device' as const,
    generation,
    at: new Date(Date.UTC(2026, 10, 20, 2, minute)).toISOString(),
    facts: { productName: 'Mac16,1', osVersion: '15.7.1' },
  });

  it('is on from its first report, and off after it enrolled again until it reports anew', async () => {
    await publish(deviceEnrolled, enrolled(1, 0));
    await waitFor('the device', () => deviceOf('again'));
    await publish(declarationReported, report('again', 1, { ...FULL, odd: 1 }));
    await waitFor('the report', async () => (await ddmOf('again'))?.['ddm_enabled']);
    await publish(deviceEnrolled, enrolled(2, 10));
    await waitFor('the second enrollment', async () => (await deviceOf('again'))?.['generation'] === 2);
    expect(await ddmOf('again')).toMatchObject({ ddm_enabled: false });
    await publish(declarationReported, report('again', 5, { softwareupdate: { 'install-state': 'installing' } }));
    await publish(declarationReported, report('again', 11, { softwareupdate: { 'install-state': 'waiting' } }));
    await waitFor('its new report', async () => (await ddmOf('again'))?.['install_state'] === 'waiting');
    const row = await ddmOf('again');
    expect(row).toMatchObject({ ddm_enabled: true, supports_enforcement: null });
    expect(Object.keys(row!['items'] as object)).toEqual(['softwareupdate.install-state']);
  });

  it('is seen by the services that decide, and by no other', async () => {
    const text = "SELECT has_table_privilege($1, 'status_ingestion.device_ddm_v1', 'SELECT') AS may";
    const may = async (role: string) =>
      (await database.admin.query<{ may: boolean }>({ text }, [`lamp_${role}`]))[0]!.may;
    for (const role of ['update_scheduler', 'ddm', 'admin_api']) expect(await may(role)).toBe(true);
    expect(await may('apns_push')).toBe(false);
  });
});
