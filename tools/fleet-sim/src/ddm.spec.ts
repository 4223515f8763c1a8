import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { topicOf } from './apns/push-pki.ts';
import type { Device } from './device/device.ts';
import { startFleet } from './index.ts';
import type { FleetHandle, FleetOptions } from './index.ts';
import { newPki } from './pki/pki-directory.ts';
import type { Declared } from './testing/ddm-server.ts';
import { MdmServer } from './testing/mdm-server.ts';
import { until } from './testing/until.ts';

const pki = newPki(topicOf('lamplighter'));
const FACTOR = 14_400; // a second is four hours: a deadline that must not be over too early is hours times that away
const HOUR = 3_600_000;
const START = Date.UTC(2026, 9, 1);

let server: MdmServer;
let handle: FleetHandle;

beforeEach(async () => {
  server = new MdmServer(pki);
  await server.listen();
});

afterEach(async () => {
  await handle.stop();
  await server.close();
});

const MACS = { platforms: { macOS: 1 }, zones: { 'America/New_York': 1 }, bootstrapTokens: 0 };

async function start(mix: Record<string, unknown> = {}, more: Partial<FleetOptions> = {}): Promise<Device> {
  handle = await startFleet({
    server: server.url,
    serverCa: server.ca,
    devices: 1,
    pki,
    mix: {
      ...MACS,
      clientCertificates: 0,
      behaviours: {},
      startVersions: { macOS: [{ version: '15.5', build: '24F74' }] },
      ...mix,
    },
    clock: `scaled:${Date.now()}:${START}:${FACTOR}`,
    enrollRate: 1000,
    ...more,
  });
  await handle.enrolled();
  return handle.fleet.devices[0]!;
}

const ITEMS = [
  'device.operating-system.version',
  'softwareupdate.install-state',
  'softwareupdate.install-reason',
  'softwareupdate.pending-version',
  'softwareupdate.failure-reason',
];
const subscriptions = (names: readonly string[] = ITEMS): Declared => ({
  Type: 'com.apple.configuration.management.status-subscriptions',
  Identifier: 'subscriptions',
  Payload: { StatusItems: names.map((Name) => ({ Name })) },
});
const enforcement = (local: string, version: string, more: object = {}, Identifier = 'enforce'): Declared => ({
  Type: 'com.apple.configuration.softwareupdate.enforcement.specific',
  Identifier,
  Payload: { TargetOSVersion: version, TargetLocalDateTime: local, ...more },
});
const activation = (
  names: readonly string[],
  Predicate?: string,
  Identifier = `activate ${names.join()}`,
): Declared => ({
  Type: 'com.apple.activation.simple',
  Identifier: Identifier.replaceAll(' ', '-'),
  Payload: { StandardConfigurations: names, ...(Predicate === undefined ? {} : { Predicate }) },
});
/** Each with an activation of its own, and the subscriptions. */
const set = (...configurations: readonly Declared[]): Declared[] =>
  [subscriptions(), ...configurations].flatMap((one) => [one, activation([one.Identifier])]);

/** Local time in New York, so many hours from the start. New York is four hours behind in October. */
const inHours = (hours: number): string =>
  new Date(handle.fleet.world.now() + (hours - 4) * HOUR).toISOString().slice(0, 19);

async function command(device: Device, dict: Record<string, unknown>): Promise<Record<string, unknown>> {
  const uuid = server.enqueue(device.udid, dict as never);
  await server.wake(handle.apnsUrl, device.udid);
  await until(`${String(dict['RequestType'])} is answered`, () => server.answers(uuid).length > 0);
  return server.answers(uuid)[0]!.body;
}

/** Assigns declarations and tells the device of it, as a server does. */
async function declare(device: Device, ...declarations: readonly Declared[]): Promise<void> {
  server.ddm.assign(device.udid, ...declarations);
  const synced = handle.fleet.sessions.counts.syncs;
  await command(device, { RequestType: 'DeclarativeManagement', Data: server.ddm.tokens(device.udid) });
  await until('the device has synced', () => handle.fleet.sessions.counts.syncs > synced && !device.busy);
}

/** The values that a status item had, one after the other: a full report says again what is known. */
const valuesOf = (channel: string, name: string): unknown[] =>
  server.ddm
    .said(channel, name)
    .filter((value, index, all) => index === 0 || JSON.stringify(value) !== JSON.stringify(all[index - 1]));
const said = (device: Device, name: string) => valuesOf(device.udid, name);
const states = (device: Device) => said(device, 'softwareupdate.install-state');

interface Standing {
  identifier: string;
  active: boolean;
  valid: string;
  reasons?: { code: string; description: string }[];
}
/** How declarations of a kind stood when the device last spoke of them. */
function standing(device: Device, kind = 'configurations'): Record<string, Standing> {
  const all = said(device, 'management.declarations').at(-1) as Record<string, Standing[]>;
  return Object.fromEntries(all[kind]!.map((one) => [one.identifier, one]));
}

describe('a sync', () => {
  it('fetches what changed, drops what is gone, and asks for nothing when nothing changed', async () => {
    const device = await start();
    await declare(device, subscriptions(), activation(['subscriptions']));
    expect(server.ddm.asked.map(({ endpoint }) => endpoint)).toEqual([
      'declaration-items',
      'declaration/activation/activate-subscriptions',
      'declaration/configuration/subscriptions',
      'status',
    ]);
    server.ddm.asked.length = 0;
    await declare(device, subscriptions(), activation(['subscriptions']));
    expect(server.ddm.asked).toEqual([]);
    await declare(device, subscriptions(['device.model.family']));
    expect(server.ddm.asked.map(({ endpoint }) => endpoint)).toEqual([
      'declaration-items',
      'declaration/configuration/subscriptions',
      'status',
    ]);
    expect(standing(device, 'activations')).toEqual({});
    expect(standing(device)['subscriptions']).toMatchObject({
      active: false,
      reasons: [{ code: 'Info.NotReferencedByActivation' }],
    });
  });

  it('asks for the tokens where the command brings none', async () => {
    const device = await start();
    server.ddm.assign(device.udid, subscriptions());
    await command(device, { RequestType: 'DeclarativeManagement' });
    await until('it has synced', () => handle.fleet.sessions.counts.syncs === 1 && !device.busy);
    expect(server.ddm.asked[0]).toEqual({ endpoint: 'tokens', status: 200 });
  });

  it('lives without a declaration that is gone when it is fetched', async () => {
    const device = await start();
    server.refuse = ({ body }) => (String(body['Endpoint']).endsWith('subscriptions') ? { status: 404 } : undefined);
    await declare(device, ...set());
    expect(device.ddm!.declarations.map(({ kind }) => kind)).toEqual([]);
  });

  it('is tried again when the server fails, and reports are as well', async () => {
    const device = await start();
    let failures = 3;
    server.refuse = ({ what }) => (what === 'DeclarativeManagement' && failures-- > 0 ? { status: 503 } : undefined);
    await declare(device, ...set());
    expect(device.ddm!.declarations).toHaveLength(2);
    await until('it has reported', () => server.ddm.reportsOf(device.udid).length > 0);
  });

  it('is not for an OS that knows no declarative management', async () => {
    const device = await start({ startVersions: { macOS: [{ version: '12.7.1', build: '21G920' }] } });
    const answer = await command(device, { RequestType: 'DeclarativeManagement' });
    expect(answer).toMatchObject({ Status: 'Error', ErrorChain: [{ ErrorCode: 12021 }] });
  });

  it('begins anew after a re-enrollment', async () => {
    const device = await start({ behaviours: { reEnroll: 1 }, settings: { reEnrollAfterMs: [10 * HOUR, 10 * HOUR] } });
    await declare(device, ...set());
    await until('it enrolls again', () => server.of(device.udid, 'TokenUpdate').length === 2 && !device.busy);
    expect(device.ddm).toBeUndefined();
  });
});

describe('activations', () => {
  it('put configurations into effect as their predicates say', async () => {
    const device = await start();
    const configurations = ['a', 'b', 'c', 'd'].map((Identifier) => ({ ...subscriptions(), Identifier }));
    await declare(
      device,
      ...configurations,
      activation(['a'], "@status(device.operating-system.version) >= '15.0' AND @property(ring) == 'pilot'"),
      activation(['b'], "@status(device.operating-system.version) >= '26'"),
      activation(['c'], 'SUBQUERY(x, $y, TRUEPREDICATE)'),
      activation(['d', 'missing']),
      { Type: 'com.apple.management.properties', Identifier: 'properties', Payload: { ring: 'pilot' } },
    );
    expect(Object.entries(standing(device)).map(([name, { active }]) => [name, active])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
      ['d', false],
    ]);
    const codes = Object.values(standing(device, 'activations')).map(({ reasons }) => reasons?.[0]?.code);
    expect(codes).toEqual([undefined, 'Info.Predicate', 'Error.UnableToParsePredicate', 'Error.MissingConfigurations']);
    expect(standing(device, 'management')).toMatchObject({ properties: { active: true } });
  });

  it('do not make valid what the OS does not know or the schema does not allow', async () => {
    const device = await start({ startVersions: { macOS: [{ version: '13.6.7', build: '22G720' }] } });
    const wrong: Declared = { ...subscriptions(), Identifier: 'wrong', Payload: { StatusItems: 'all' } };
    await declare(device, ...set(enforcement('2026-10-02T02:00:00', '15.7.9'), wrong));
    expect(standing(device)).toMatchObject({
      enforce: { active: false, valid: 'invalid', reasons: [{ code: 'Error.ConfigurationNotSupported' }] },
      wrong: { active: false, valid: 'invalid', reasons: [{ code: 'Error.ConfigurationIsInvalid' }] },
    });
  });
});

describe('status reports', () => {
  it('tell capabilities by themselves, what was subscribed, and what cannot be told', async () => {
    const device = await start();
    await declare(device, subscriptions(['device.model.family', 'no.such.item']), activation(['subscriptions']));
    const [report] = server.ddm.reportsOf(device.udid);
    expect(report).toMatchObject({
      FullReport: false,
      Errors: [{ StatusItem: 'no.such.item' }],
      StatusItems: { device: { model: { family: 'Mac' } } },
    });
    const [capabilities] = said(device, 'management.client-capabilities') as [
      { 'supported-payloads': { declarations: { configurations: string[] }; 'status-items': string[] } },
    ];
    const { declarations, 'status-items': items } = capabilities['supported-payloads'];
    expect(declarations.configurations).toContain('com.apple.configuration.softwareupdate.enforcement.specific');
    expect(items).toContain('softwareupdate.install-state');
  });

  it.each([
    ['duplicateAnswers', {}],
    // The first time at the answer to the command.
    ['dropConnection', { dropTimes: [2, 2] }],
  ])('come twice from a device that is %s', async (behaviour, settings) => {
    const device = await start({ behaviours: { [behaviour]: 1 }, settings });
    await declare(device, ...set());
    await until('the report came twice', () => server.ddm.reportsOf(device.udid).length === 2 && !device.busy);
    const [first, second] = server.ddm.reportsOf(device.udid);
    expect(second!['StatusItems']).toEqual(first!['StatusItems']);
    await until('nothing is left to say', () => device.ddm!.reportAt === Infinity);
  });

  it('say what changed alone, and everything once a day', async () => {
    // A second is eleven hours.
    const device = await start({}, { clock: `scaled:${Date.now()}:${START}:40000` });
    await declare(device, ...set());
    const first = server.ddm.reportsOf(device.udid).length;
    await until('two full reports', () => server.ddm.reportsOf(device.udid).length >= first + 2, 25_000);
    for (const report of server.ddm.reportsOf(device.udid).slice(first, first + 2)) {
      expect(report).toMatchObject({ FullReport: true, StatusItems: { softwareupdate: { 'install-state': 'none' } } });
    }
  });
});

describe('an enforced update', () => {
  const target = { version: '15.7.9', build: '24G830' };

  it('goes through all its states and is installed at the deadline in the local time of the device', async () => {
    const device = await start();
    const local = inHours(20);
    await declare(device, ...set(enforcement(local, target.version)));
    expect(standing(device)['enforce']).toMatchObject({ active: true, valid: 'valid' });
    await until('the update is prepared', () => states(device).includes('prepared'));
    expect(said(device, 'softwareupdate.pending-version').at(-1)).toEqual({
      'os-version': target.version,
      'build-version': target.build,
      'target-local-date-time': local,
    });
    expect(said(device, 'softwareupdate.install-reason').at(-1)).toEqual({
      reason: ['declaration'],
      'declaration-id': 'enforce',
    });
    await until('the update is told to be installed', () => states(device).at(-1) === 'none');
    expect(states(device)).toEqual(['waiting', 'downloading', 'prepared', 'installing', 'none']);
    expect(said(device, 'device.operating-system.version')).toEqual(['15.5', target.version]);
    expect(device).toMatchObject({ ...target, enforced: 1 });
    // 4 to 12 minutes to install, as many to restart.
    const deadline = Date.parse(`${local}-04:00`);
    expect(device.installedAt).toBeGreaterThan(deadline + 8 * 60_000 - 1);
    expect(device.installedAt).toBeLessThan(deadline + 24 * 60_000 + 1);
    expect(standing(device)['enforce']).toMatchObject({
      valid: 'invalid',
      reasons: [{ code: 'Error.ConfigurationCannotBeApplied' }],
    });
    expect(said(device, 'softwareupdate.pending-version').at(-1)).toEqual({ 'os-version': '', 'build-version': '' });
    expect(handle.summary()).toMatchObject({ totals: { commanded: 1, updated: 1 } });
  });

  it('with a deadline in the past is installed as soon as it is downloaded', async () => {
    const device = await start();
    await declare(device, ...set(enforcement('2026-09-01T02:00:00', target.version)));
    await until('the update is installed', () => states(device).at(-1) === 'none');
    expect(device.version).toBe(target.version);
  });

  it('of the earliest deadline comes first, the others after it', async () => {
    const device = await start();
    const later = enforcement(inHours(16), '26.6', {}, 'later');
    await declare(device, ...set(later, enforcement(inHours(5), target.version, {}, 'first')));
    const versions = () => said(device, 'device.operating-system.version');
    await until('both are installed', () => versions().at(-1) === '26.6', 20_000);
    expect(versions()).toEqual(['15.5', target.version, '26.6']);
    expect(device.enforced).toBe(2);
  });

  it('that is withdrawn is forgotten, with what was downloaded', async () => {
    const device = await start();
    await declare(device, ...set(enforcement(inHours(100), target.version)));
    await until('the update is prepared', () => states(device).includes('prepared'));
    await declare(device, ...set());
    expect(states(device).at(-1)).toBe('none');
    expect(device).toMatchObject({ update: undefined, version: '15.5' });
  });

  it('keeps its download when only the deadline is another', async () => {
    const device = await start();
    await declare(device, ...set(enforcement(inHours(100), target.version)));
    await until('the update is prepared', () => states(device).includes('prepared'));
    const { downloadedAt } = device.update!;
    await declare(device, ...set(enforcement(inHours(2), target.version)));
    await until('the update is installing', () => states(device).includes('installing'));
    expect(device.update?.downloadedAt ?? downloadedAt).toBe(downloadedAt);
  });

  it('waits for a device that is off at the deadline, and comes about an hour after it is on again', async () => {
    const device = await start();
    const local = inHours(16);
    await declare(device, ...set(enforcement(local, target.version)));
    await until('the update is prepared', () => states(device).includes('prepared'));
    handle.fleet.setOnline(device, false);
    await until('the deadline is long over', () => handle.fleet.world.now() > Date.parse(`${local}-04:00`) + 3 * HOUR);
    expect(device.version).toBe('15.5');
    const onAgain = handle.fleet.world.now();
    handle.fleet.setOnline(device, true);
    await until('the update is installed', () => states(device).at(-1) === 'none');
    expect(device.installedAt).toBeGreaterThan(onAgain + (50 + 8) * 60_000);
  });

  it.each([
    ['is not for this device', { version: '15.99' }, {}, /not available/],
    ['names a build of another version', { build: '24F74' }, {}, /not one of version/],
    ['finds no space', {}, { behaviours: { noDisk: 1 }, settings: { noDiskTimes: [9, 9] } }, /free space/],
    ['fails to download', {}, { behaviours: { errorChain: 1 }, settings: { errorTimes: [9, 9] } }, /download/],
    ['finds no power', {}, { behaviours: { noPower: 1 }, settings: { noPowerTimes: [9, 9] } }, /battery/],
    ['loses its network', {}, { behaviours: { noNetwork: 1 } }, /network/],
    ['cannot install', {}, { behaviours: { installFails: 1 } }, /installation/],
    ['is on the phone', {}, { behaviours: { onCall: 1 } }, /phone call/],
  ])('that %s is told as failed, with the reason', async (_what, wrong, mix, reason) => {
    const device = await start(mix);
    const { version, build } = { ...target, ...wrong };
    await declare(device, ...set(enforcement(inHours(3), version, { TargetBuildVersion: build })));
    await until('it failed', () => states(device).includes('failed'));
    const failure = said(device, 'softwareupdate.failure-reason').find((one) => (one as { count: number }).count === 1);
    expect(failure).toEqual({ count: 1, reason: expect.stringMatching(reason), timestamp: expect.any(String) });
    expect(device.version).toBe('15.5');
  });

  it('that failed is tried again, and its failures are forgotten once it is installed', async () => {
    const device = await start({ behaviours: { noPower: 1 }, settings: { noPowerTimes: [2, 2] } });
    await declare(device, ...set(enforcement(inHours(2), target.version)));
    await until('the update is installed', () => states(device).at(-1) === 'none');
    expect(states(device).filter((one) => one === 'failed').length).toBeGreaterThan(0);
    const failures = said(device, 'softwareupdate.failure-reason') as { count: number }[];
    expect(failures.map(({ count }) => count)).toEqual([0, 1, 2, 0]);
  });
});

describe('the channel of a user', () => {
  it('has declarations of its own, and none that enforces an update', async () => {
    const device = await start({ userChannels: 1 });
    await until('the user has logged in', () => device.user !== undefined && !device.busy);
    const channel = [...server.push.keys()].find((key) => key.includes(':'))!;
    server.ddm.assign(channel, ...set(enforcement(inHours(2), '15.7.9')));
    const uuid = server.enqueue(channel, { RequestType: 'DeclarativeManagement', Data: server.ddm.tokens(channel) });
    const refused = server.enqueue(channel, { RequestType: 'AvailableOSUpdates' });
    await server.wake(handle.apnsUrl, channel);
    await until('it has reported', () => server.ddm.reportsOf(channel).length > 0 && !device.busy);
    expect(server.answers(uuid)[0]!.body).toMatchObject({ Status: 'Acknowledged', UserID: channel.split(':')[1] });
    expect(server.answers(refused)[0]!.body).toMatchObject({ ErrorChain: [{ ErrorCode: 12021 }] });
    const [{ configurations }] = server.ddm.said(channel, 'management.declarations') as [
      { configurations: Standing[] },
    ];
    expect(configurations).toMatchObject([
      { identifier: 'subscriptions', active: true },
      { identifier: 'enforce', valid: 'invalid', reasons: [{ code: 'Error.ConfigurationNotSupported' }] },
    ]);
    expect(valuesOf(channel, 'device.operating-system.version')).toEqual(['15.5']);
    expect(server.ddm.said(channel, 'softwareupdate.install-state')).toEqual([]);
    expect(server.ddm.reportsOf(device.udid)).toEqual([]);
    expect(device.ddm).toBeUndefined();
  });
});

describe('update commands', () => {
  const schedule = {
    RequestType: 'ScheduleOSUpdate',
    Updates: [{ ProductVersion: '15.7.9', InstallAction: 'InstallASAP' }],
  };

  it('change nothing while a declaration enforces an update', async () => {
    const device = await start();
    await declare(device, ...set(enforcement(inHours(100), '15.7.9')));
    const answer = await command(device, schedule);
    expect(answer).toMatchObject({ Status: 'Error' });
    expect(JSON.stringify(answer['ErrorChain'])).toMatch(/enforcement/);
    expect(device.scheduled.map(({ outcome }) => outcome)).toEqual(['error']);
    await declare(device, ...set());
    expect(await command(device, schedule)).toMatchObject({ Status: 'Acknowledged' });
    await until('the update of the command is installed', () => device.version === '15.7.9');
    await until('and told of', () => said(device, 'device.operating-system.version').includes('15.7.9'));
  });

  it.each(['ScheduleOSUpdateScan', 'AvailableOSUpdates', 'ScheduleOSUpdate', 'OSUpdateStatus'])(
    'are gone with OS 27: %s',
    async (RequestType) => {
      const device = await start();
      Object.assign(device, { version: '27.0', build: '26A300' });
      expect(await command(device, { RequestType })).toMatchObject({
        Status: 'Error',
        ErrorChain: [{ ErrorCode: 12021, ErrorDomain: 'MCMDMErrorDomain' }],
      });
      const answer = await command(device, { RequestType: 'DeviceInformation', Queries: ['SoftwareUpdateDeviceID'] });
      expect(answer['QueryResponses']).toEqual({});
    },
  );
});
